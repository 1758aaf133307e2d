package dev.sentinelj.application.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.Frame;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.ports.driven.AgentRegistry.StoredKey;
import dev.sentinelj.ports.driving.IngestBatches;
import dev.sentinelj.testkit.Stages;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class IngestPipelineTest {
  private final GatewayForTests gateway = new GatewayForTests();

  @Test
  void ingest_aSignedBatch_isAcceptedWithItsPlaceOnTheBus() {
    SignedBatch batch = gateway.batch(1);

    CompletionStage<IngestBatches.Answer> answer = gateway.offer(gateway.submission(batch, 9));
    assertThat(answer.toCompletableFuture()).isNotDone();
    gateway.advance(5);
    gateway.publisher.poll(gateway.now);

    assertThat(Stages.await(answer).verdict()).isInstanceOf(IngestVerdict.Accepted.class);
    assertThat(Stages.await(answer).key().map(AgentKey::id)).contains(gateway.key.id());
    Frame.Batches frame = (Frame.Batches) gateway.frames().getFirst();
    assertThat(frame.entries().getFirst().batch().contentHash()).isEqualTo(batch.contentHash());
    assertThat(frame.entries().getFirst().attempt()).isEqualTo(9);
    assertThat(gateway.counters.total("samples_accepted")).isEqualTo(10);
    assertThat(gateway.registry.proofs).isEqualTo(1);
  }

  @Test
  void ingest_anyBitChanged_isNotAcceptedAndCarriesNoKey() {
    RawSubmission good = gateway.submission(gateway.batch(1), 9);
    int bits = 8 * (good.header().length + good.envelope().length + good.body().length);

    for (int bit = 0; bit < bits; bit++) {
      IngestBatches.Answer answer = Stages.await(gateway.offer(flipped(good, bit)));
      assertThat(answer.verdict()).as("bit %d", bit).isInstanceOf(IngestVerdict.Refused.class);
      assertThat(answer.key()).as("bit %d", bit).isEmpty();
    }

    gateway.advance(5);
    gateway.publisher.poll(gateway.now);
    assertThat(gateway.frames()).isEmpty();
  }

  @Test
  void ingest_ofAnotherSession_isRefused() {
    CompletionStage<IngestBatches.Answer> answer =
        gateway.pipeline.ingest(
            Optional.of(new AgentId("another")),
            gateway.submission(gateway.batch(1), 1),
            gateway.now);

    assertThat(Stages.await(answer).verdict())
        .isEqualTo(new IngestVerdict.Refused(Refusal.AGENT_MISMATCH));
    assertThat(gateway.counters.total("batches_refused_agent_mismatch")).isEqualTo(1);
  }

  @Test
  void ingest_withoutASession_countsAsHeardEveryTenSeconds() {
    push(1);
    push(2);
    assertThat(gateway.registry.heard).isEqualTo(1);

    gateway.advance(SessionDirectory.HEARD_EVERY_MILLIS);
    push(3);

    assertThat(gateway.registry.heard).isEqualTo(2);
  }

  @Test
  void ingest_ofWhatIsNotBelievedOrRecorded_isNotHeard() {
    RawSubmission good = gateway.submission(gateway.batch(1), 9);

    Stages.await(gateway.offer(flipped(good, 8 * good.header().length + 8 * 40)));
    gateway.advance(Duration.ofHours(1).toMillis());
    Stages.await(gateway.offer(good));

    assertThat(gateway.registry.heard).isZero();
  }

  private void push(long seq) {
    assertThat(gateway.ingest(gateway.submission(gateway.batch(seq), seq)))
        .isInstanceOf(IngestVerdict.Accepted.class);
  }

  @Test
  void ingest_beyondTheLimit_isTooBigBeforeAnythingIsParsed() {
    RawSubmission big = new RawSubmission(new byte[0], new byte[0], new byte[2 << 20], List.of());
    RawSubmission bigger =
        new RawSubmission(new byte[0], new byte[0], new byte[(2 << 20) + 1], List.of());

    assertThat(refusal(big)).isEqualTo(Refusal.MALFORMED);
    assertThat(refusal(bigger)).isEqualTo(Refusal.TOO_BIG);
  }

  @Test
  void ingest_underAKeyTheAgentLacks_isRefusedAfterOneFreshLookUp() {
    AgentKey foreign = new AgentKey(new KeyId("foreign"), Secret.random(new SplittableRandom(1)));
    gateway.ingest(gateway.submission(gateway.batch(1), 1));
    int before = gateway.registry.lookups;

    RawSubmission raw =
        gateway.submission(
            foreign, gateway.batch(2), 1, gateway.now.wallMillis(), List.of(), List.of());

    assertThat(refusal(raw)).isEqualTo(Refusal.UNKNOWN_KEY);
    assertThat(gateway.registry.lookups).isEqualTo(before + 1);
  }

  @Test
  void ingest_withANewKeyWhileTheRegistryIsDown_isToBeTriedAgain() {
    AgentKey fresh = new AgentKey(new KeyId("fresh"), Secret.random(new SplittableRandom(9)));
    gateway.ingest(gateway.submission(gateway.batch(1), 1));
    gateway.registry.reachable = false;

    RawSubmission raw =
        gateway.submission(
            fresh, gateway.batch(2), 1, gateway.now.wallMillis(), List.of(), List.of());

    assertThat(gateway.ingest(raw))
        .isInstanceOfSatisfying(
            IngestVerdict.Retry.class,
            retry -> assertThat(retry.reason()).isEqualTo(RetryReason.REGISTRY_UNAVAILABLE));
  }

  @Test
  void ingest_outsideTheWindow_isToldTheTime_howeverOldTheSamples() {
    long now = gateway.now.wallMillis();
    long week = Duration.ofDays(7).toMillis();
    long window = Duration.ofMinutes(5).toMillis();

    SignedBatch old = gateway.batch(1, now - week, now - week);
    assertThat(gateway.ingest(sentAt(old, now - window + 5)))
        .isInstanceOf(IngestVerdict.Accepted.class);

    now = gateway.now.wallMillis();
    assertThat(gateway.ingest(sentAt(old, now - window - 1)))
        .isEqualTo(new IngestVerdict.Skewed(now));
    now = gateway.now.wallMillis();
    assertThat(gateway.ingest(sentAt(old, now + window + 1)))
        .isEqualTo(new IngestVerdict.Skewed(now));
  }

  @Test
  void ingest_moreThanThreeDays_isRefused() {
    long now = gateway.now.wallMillis();
    long span = IngestPipeline.MAX_TIME_SPAN.toMillis();

    assertThat(gateway.ingest(gateway.submission(gateway.batch(1, now - span, now), 1)))
        .isInstanceOf(IngestVerdict.Accepted.class);
    assertThat(refusal(gateway.submission(gateway.batch(2, now - span - 1, now), 1)))
        .isEqualTo(Refusal.TIME_SPAN);
    assertThat(refusal(gateway.submission(gateway.batch(3, Long.MIN_VALUE, Long.MAX_VALUE), 1)))
        .isEqualTo(Refusal.TIME_SPAN);
  }

  @Test
  void ingest_attachedSets_mustBeTheOnesSigned() {
    SeriesSet set = SeriesSet.of(List.of(Series.gauge("cpu", "1", Map.of())));
    byte[] bytes = set.toBytes();
    byte[] noSet = {1, 2, 3};

    assertThat(gateway.ingest(attached(List.of(set.hash()), List.of(bytes))))
        .isInstanceOf(IngestVerdict.Accepted.class);
    assertThat(refusal(attached(List.of(set.hash()), List.of()))).isEqualTo(Refusal.BAD_SET);
    assertThat(refusal(attached(List.of(), List.of(bytes)))).isEqualTo(Refusal.BAD_SET);
    assertThat(refusal(attached(List.of(set.hash()), List.of(noSet)))).isEqualTo(Refusal.BAD_SET);
    assertThat(refusal(attached(List.of(Sha256.of(noSet)), List.of(noSet))))
        .isEqualTo(Refusal.BAD_SET);
  }

  @Test
  void ingest_theSameAttemptAgain_hasOneEffectAndOneAnswer() {
    RawSubmission raw = gateway.submission(gateway.batch(1), 1);

    CompletionStage<IngestBatches.Answer> first = gateway.offer(raw);
    CompletionStage<IngestBatches.Answer> meanwhile = gateway.offer(raw);
    gateway.advance(5);
    gateway.publisher.poll(gateway.now);
    IngestVerdict later = gateway.ingest(raw);

    assertThat(Stages.await(meanwhile).verdict()).isEqualTo(Stages.await(first).verdict());
    assertThat(later).isEqualTo(Stages.await(first).verdict());
    assertThat(batches()).isEqualTo(1);
    assertThat(gateway.counters.total("samples_accepted")).isEqualTo(10);
  }

  @Test
  void ingest_aNewAttempt_isPublishedAgain() {
    SignedBatch batch = gateway.batch(1);

    gateway.ingest(gateway.submission(batch, 1));
    gateway.ingest(gateway.submission(batch, 2));

    assertThat(batches()).isEqualTo(2);
  }

  @Test
  void ingest_whenThePublicationFailed_theSameAttemptIsPublished() {
    RawSubmission raw = gateway.submission(gateway.batch(1), 1);
    CompletionStage<IngestBatches.Answer> failed = gateway.offer(raw);
    gateway.bus.setAvailable(false);
    gateway.advance(5);
    gateway.publisher.poll(gateway.now);
    gateway.bus.setAvailable(true);

    assertThat(Stages.await(failed).verdict())
        .isInstanceOfSatisfying(
            IngestVerdict.Retry.class,
            retry -> assertThat(retry.reason()).isEqualTo(RetryReason.BUS_UNAVAILABLE));
    assertThat(gateway.ingest(raw)).isInstanceOf(IngestVerdict.Accepted.class);
    assertThat(batches()).isEqualTo(1);
  }

  @Test
  void ingest_registryDown_servesKnownAgentsForAnHourAndCallsNoneUnknown() {
    gateway.ingest(gateway.submission(gateway.batch(1), 1));
    gateway.registry.reachable = false;

    gateway.advance(AgentDirectory.STALE.toMillis() - 1_000);
    assertThat(gateway.ingest(gateway.submission(gateway.batch(2), 1)))
        .isInstanceOf(IngestVerdict.Accepted.class);

    gateway.advance(1_000);
    assertThat(gateway.ingest(gateway.submission(gateway.batch(3), 1)))
        .isInstanceOfSatisfying(
            IngestVerdict.Retry.class,
            retry -> assertThat(retry.reason()).isEqualTo(RetryReason.REGISTRY_UNAVAILABLE));
  }

  @Test
  void ingest_keyRevoked_isRefusedWithinTwoSeconds() {
    gateway.ingest(gateway.submission(gateway.batch(1), 1));
    long at = gateway.now.wallMillis();
    gateway.registry.keys =
        stored -> new StoredKey(stored.id(), stored.sealedSecret(), stored.proved(), 0, at);

    gateway.advance(2_000);

    assertThat(refusal(gateway.submission(gateway.batch(2), 1))).isEqualTo(Refusal.UNKNOWN_KEY);
  }

  @Test
  void ingest_ofADeletedAgent_saysSo() {
    gateway.database.deleteAgent(gateway.agent, gateway.now.wallMillis());

    assertThat(refusal(gateway.submission(gateway.batch(1), 1))).isEqualTo(Refusal.DELETED_AGENT);
  }

  @Test
  void find_manyAtOnce_shareOneLookUp() {
    CompletableFuture<Void> gate = new CompletableFuture<>();
    gateway.registry.gate = gate;
    int before = gateway.registry.lookups;

    CompletionStage<AgentDirectory.Answer> one = gateway.directory.find(gateway.agent, gateway.now);
    CompletionStage<AgentDirectory.Answer> other =
        gateway.directory.find(gateway.agent, gateway.now);
    gate.complete(null);

    assertThat(Stages.await(one)).isSameAs(Stages.await(other));
    assertThat(gateway.registry.lookups).isEqualTo(before + 1);
  }

  @Test
  void find_unknownIds_areRememberedAndTheirLookUpsLimited() {
    AgentId nobody = new AgentId("nobody");
    gateway.directory.find(nobody, gateway.now);
    gateway.directory.find(nobody, gateway.now);
    assertThat(gateway.registry.lookups).isEqualTo(1);

    for (int i = 0; i < 2 * AgentDirectory.LOOKUPS_PER_SECOND; i++) {
      gateway.directory.find(new AgentId("nobody-" + i), gateway.now);
    }

    assertThat(gateway.registry.lookups).isEqualTo(AgentDirectory.LOOKUPS_PER_SECOND);
    assertThat(Stages.await(gateway.directory.find(new AgentId("late"), gateway.now)))
        .isEqualTo(new AgentDirectory.Answer.Throttled());
  }

  private RawSubmission sentAt(SignedBatch batch, long sentAt) {
    return gateway.submission(gateway.key, batch, 1, sentAt, List.of(), List.of());
  }

  private RawSubmission attached(List<Sha256> hashes, List<byte[]> sets) {
    return gateway.submission(
        gateway.key, gateway.batch(1), 1, gateway.now.wallMillis(), hashes, sets);
  }

  private Refusal refusal(RawSubmission raw) {
    return ((IngestVerdict.Refused) Stages.await(gateway.offer(raw)).verdict()).reason();
  }

  private long batches() {
    return gateway.frames().stream()
        .mapToLong(frame -> ((Frame.Batches) frame).entries().size())
        .sum();
  }

  private static RawSubmission flipped(RawSubmission raw, int bit) {
    byte[][] parts = {raw.header().clone(), raw.envelope().clone(), raw.body().clone()};
    int at = bit / 8;
    for (byte[] part : parts) {
      if (at < part.length && at >= 0) {
        part[at] ^= (byte) (1 << (bit % 8));
      }
      at -= part.length;
    }
    return new RawSubmission(parts[0], parts[1], parts[2], List.of());
  }
}
