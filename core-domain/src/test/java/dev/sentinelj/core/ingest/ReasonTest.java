package dev.sentinelj.core.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.Samples;
import dev.sentinelj.core.signing.SigningPolicy;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReasonTest {

  @Test
  void refusal_wordsAndPermanence_areThoseOfTheProtocol() {
    assertThat(List.of(Refusal.values()))
        .extracting(Refusal::word)
        .containsExactly(
            "too_big",
            "malformed",
            "unsupported_version",
            "unknown_agent",
            "deleted_agent",
            "unknown_key",
            "bad_mac",
            "outside_window",
            "time_span",
            "bad_set",
            "agent_mismatch");
    assertThat(List.of(Refusal.values()))
        .filteredOn(Refusal::permanent)
        .containsExactly(Refusal.TOO_BIG, Refusal.UNSUPPORTED_VERSION, Refusal.TIME_SPAN);
    assertThat(List.of(Refusal.values()))
        .filteredOn(Refusal::proved)
        .containsExactly(Refusal.OUTSIDE_WINDOW, Refusal.TIME_SPAN, Refusal.BAD_SET);
  }

  @Test
  void retryReason_words_areThoseOfTheProtocol() {
    assertThat(List.of(RetryReason.values()))
        .extracting(RetryReason::word)
        .containsExactly(
            "registry_unavailable",
            "bus_unavailable",
            "bus_full",
            "busy",
            "rate_limited",
            "not_believed");
  }

  @Test
  void size_everyPart_counts() {
    RawSubmission raw =
        new RawSubmission(
            new byte[1], new byte[2], new byte[4], List.of(new byte[8], new byte[16]));
    Submission submission =
        new Submission(
            Samples.batch(1),
            SigningPolicy.signEnvelope(Samples.key(), Samples.batch(1), 1, 1, List.of()),
            List.of(new byte[10]));

    assertThat(raw.size()).isEqualTo(31);
    assertThat(submission.size()).isEqualTo(10 + Samples.BODY.length);
  }
}
