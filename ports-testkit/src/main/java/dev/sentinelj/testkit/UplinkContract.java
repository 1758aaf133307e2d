package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.ingest.Submission;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.LaneRead;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.ports.driven.Uplink;
import dev.sentinelj.ports.driving.AgentSessions;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Contract of {@link Uplink}. An adapter extends this and supplies uplinks that lead to a gateway
 * over the sessions given, and one that leads nowhere; every test has an agent and a key of its
 * own.
 */
public abstract class UplinkContract {
  private static final long SENT_AT = 1_750_000_000_000L;
  private static final Receipt RECEIPT = new Receipt(7, Lane.BACKLOG, 3, 123_456_789_012L);

  private final EpochId epoch =
      new EpochId(new AgentId("agent-" + UUID.randomUUID()), 0xFEDC_BA98_7654_3210L);
  private final AgentKey key = key("k1", 1);
  private final ScriptedSessions gateway = new ScriptedSessions(key);
  private final RecordedEvents events = new RecordedEvents();

  /** An uplink that reaches a gateway whose sessions these are. */
  protected abstract Uplink uplinkTo(AgentSessions sessions);

  /** An uplink whose gateway cannot be reached. */
  protected abstract Uplink uplinkToNowhere();

  @Test
  void open_ofAKnownKey_hearsOpenedWithTheLimits() {
    uplinkTo(gateway).open(opening(), events);

    assertThat(events.next(Downlink.Opened.class).limits()).isEqualTo(SessionLimits.DEFAULT);
  }

  @Test
  void open_ofAGatewayThatDoesNotKnowTheKey_closesWithoutOpened() {
    gateway.signWith(key("k1", 2));

    uplinkTo(gateway).open(opening(), events);

    assertThat(events.next(Downlink.Closed.class).why()).isEqualTo(Downlink.CloseReason.LOST);
  }

  @Test
  void open_refused_closesRefusedNamingTheReason() {
    gateway.answerHellos(new AgentSessions.Opening.Refused(Refusal.UNKNOWN_AGENT));

    uplinkTo(gateway).open(opening(), events);

    Downlink.Closed closed = events.next(Downlink.Closed.class);
    assertThat(closed.why()).isEqualTo(Downlink.CloseReason.REFUSED);
    assertThat(closed.reason()).contains("unknown_agent");
  }

  @Test
  void open_unavailable_closesLostNamingTheReason() {
    gateway.answerHellos(
        new AgentSessions.Opening.Unavailable(RetryReason.REGISTRY_UNAVAILABLE, 1_000));

    uplinkTo(gateway).open(opening(), events);

    Downlink.Closed closed = events.next(Downlink.Closed.class);
    assertThat(closed.why()).isEqualTo(Downlink.CloseReason.LOST);
    assertThat(closed.reason()).contains("registry_unavailable");
  }

  @Test
  void open_withAClockThatIsOff_hearsTheTimeAndThenCloses() {
    gateway.answerHellos(new AgentSessions.Opening.Skewed(key, 42));

    uplinkTo(gateway).open(opening(), events);

    assertThat(events.next(Downlink.Skewed.class).serverMillis()).isEqualTo(42);
    assertThat(events.next(Downlink.Closed.class).why()).isEqualTo(Downlink.CloseReason.LOST);
  }

  @Test
  void open_withATimeUnderAnotherKey_doesNotHearIt() {
    gateway.answerHellos(new AgentSessions.Opening.Skewed(key("k1", 2), 42));

    uplinkTo(gateway).open(opening(), events);

    events.next(Downlink.Closed.class);
    assertThat(events.unread()).isEmpty();
  }

  @Test
  void open_ofAGatewayThatCannotBeReached_closesLost() {
    Uplink.Session session = uplinkToNowhere().open(opening(), events);

    assertThat(events.next(Downlink.Closed.class).why()).isEqualTo(Downlink.CloseReason.LOST);
    assertThat(session.ready()).isFalse();
  }

  @Test
  void push_arrivesByteForByte() {
    Submission sent = submission(1, 99);

    opened().push(sent);

    RawSubmission arrived = gateway.nextPush();
    assertThat(arrived.header()).isEqualTo(sent.batch().headerBytes());
    assertThat(arrived.envelope()).isEqualTo(sent.envelope().toBytes());
    assertThat(arrived.body()).isEqualTo(sent.batch().body());
    assertThat(arrived.attachedSets())
        .usingElementComparator(Arrays::compare)
        .containsExactlyElementsOf(sent.attachedSets());
  }

  @Test
  void push_accepted_hearsWhichAttemptAndTheReceipt() {
    gateway.answerPushes(new IngestVerdict.Accepted(RECEIPT));

    opened().push(submission(5, -17));

    assertThat(events.next(Downlink.Accepted.class))
        .isEqualTo(new Downlink.Accepted(epoch.epoch(), 5, -17, RECEIPT));
  }

  @ParameterizedTest
  @EnumSource(RetryReason.class)
  void push_toBeRepeated_hearsReasonAndDelay(RetryReason reason) {
    gateway.answerPushes(new IngestVerdict.Retry(reason, 1_234));

    opened().push(submission(5, 6));

    assertThat(events.next(Downlink.RetryLater.class))
        .isEqualTo(new Downlink.RetryLater(epoch.epoch(), 5, 6, reason, 1_234));
  }

  @ParameterizedTest
  @EnumSource(Refusal.class)
  void push_refused_hearsTheRefusalOnlyWhenItWasProved(Refusal refusal) {
    gateway.answerPushes(new IngestVerdict.Refused(refusal));

    opened().push(submission(5, 6));

    if (refusal.proved()) {
      assertThat(events.next(Downlink.Refused.class))
          .isEqualTo(new Downlink.Refused(epoch.epoch(), 5, 6, refusal));
    } else {
      Downlink.RetryLater heard = events.next(Downlink.RetryLater.class);
      assertThat(heard.reason()).isEqualTo(RetryReason.NOT_BELIEVED);
      assertThat(List.of(heard.epoch(), heard.seq(), heard.attempt()))
          .containsExactly(epoch.epoch(), 5L, 6L);
    }
  }

  @Test
  void push_withAClockThatIsOff_hearsTheTime() {
    gateway.answerPushes(new IngestVerdict.Skewed(4711));

    opened().push(submission(1, 1));

    assertThat(events.next(Downlink.Skewed.class)).isEqualTo(new Downlink.Skewed(4711));
  }

  @Test
  void push_ofMany_arrivesInOrder() {
    gateway.answerPushes(new IngestVerdict.Accepted(RECEIPT));
    Uplink.Session session = opened();

    for (long seq = 1; seq <= 100; seq++) {
      session.push(submission(seq, seq));
    }

    assertThat(
            LongStream.rangeClosed(1, 100)
                .mapToObj(_ -> BatchHeader.parse(gateway.nextPush().header()).id().seq()))
        .containsExactlyElementsOf(LongStream.rangeClosed(1, 100).boxed().toList());
    assertThat(
            LongStream.rangeClosed(1, 100)
                .mapToObj(_ -> events.next(Downlink.Accepted.class).seq()))
        .doesNotHaveDuplicates()
        .hasSize(100);
    assertThat(events.overlapped()).isFalse();
  }

  @Test
  void progress_isHeardWhole() {
    opened();
    List<SeqRanges.Range> above = List.of(new SeqRanges.Range(12, 12), new SeqRanges.Range(20, 29));
    EpochProgress progress = new EpochProgress(epoch, 10, above, Balance.ZERO, true, true);
    LaneRead read = new LaneRead(7, Lane.FRESH, 2, 55);
    Committed committed = new Committed(progress, List.of(14L, 15L), List.of(read));

    gateway.nextListener().committed(committed);

    assertThat(events.next(Downlink.Progress.class)).isEqualTo(new Downlink.Progress(committed));
  }

  @Test
  void progress_toldWhileTheSessionOpens_isHeardAfterOpened() {
    Committed committed = new Committed(EpochProgress.start(epoch), List.of(), List.of());
    gateway.sayAtOpening(listener -> listener.committed(committed));

    uplinkTo(gateway).open(opening(), events);

    events.next(Downlink.Opened.class);
    assertThat(events.next(Downlink.Progress.class).committed()).isEqualTo(committed);
  }

  @Test
  void setsNeeded_areHeard() {
    opened();
    List<Sha256> sets = List.of(Sha256.of(new byte[] {1}), Sha256.of(new byte[] {2}));

    gateway.nextListener().setsNeeded(sets);

    assertThat(events.next(Downlink.SetsNeeded.class)).isEqualTo(new Downlink.SetsNeeded(sets));
  }

  @Test
  void heartbeat_arrivesWithItsTime() {
    opened().heartbeat(SENT_AT + 1);

    assertThat(gateway.nextHeartbeat()).isEqualTo(SENT_AT + 1);
  }

  @Test
  void reconcile_hearsTheAnswer() {
    ReconcileAnswer.Row row = new ReconcileAnswer.Row(4, Sha256.of(new byte[] {4}));
    gateway.answerQueries(query ->
        CompletableFuture.completedFuture(
            new ReconcileAnswer.Differs(query.epoch(), query.from(), query.to(), List.of(row))));

    opened().reconcile(new ReconcileQuery(epoch.epoch(), 3, 9, Sha256.of(new byte[0])));

    assertThat(events.next(Downlink.Reconciled.class).answer())
        .isEqualTo(new ReconcileAnswer.Differs(epoch.epoch(), 3, 9, List.of(row)));
  }

  @Test
  void reconcile_ofTheSame_hearsEqual() {
    Sha256 digest = ReconcileQuery.digestOf(List.of(Sha256.of(new byte[] {4})));
    gateway.answerQueries(query ->
        CompletableFuture.completedFuture(
            query.digest().equals(digest)
                ? new ReconcileAnswer.Equal(query.epoch(), query.from(), query.to())
                : new ReconcileAnswer.Differs(query.epoch(), 1, 1, List.of())));

    opened().reconcile(new ReconcileQuery(epoch.epoch(), 3, 9, digest));

    assertThat(events.next(Downlink.Reconciled.class).answer())
        .isEqualTo(new ReconcileAnswer.Equal(epoch.epoch(), 3, 9));
  }

  @Test
  void closeEpoch_ofAnotherEpoch_hearsThatItIsClosed() {
    BlockingQueue<Long> closed = new LinkedBlockingQueue<>();
    gateway.answerEpochClosings(other -> {
      closed.add(other);
      return CompletableFuture.completedFuture(null);
    });

    opened().closeEpoch(-77);

    assertThat(events.next(Downlink.EpochClosed.class).epoch()).isEqualTo(-77);
    assertThat(closed).containsExactly(-77L);
  }

  @Test
  void closeEpoch_whenTheStoreDoesNotAnswer_hearsNothingAndTheSessionGoesOn() {
    Uplink.Session session = opened();

    session.closeEpoch(-77);
    session.heartbeat(SENT_AT);

    assertThat(gateway.nextHeartbeat()).isEqualTo(SENT_AT);
  }

  @Test
  void end_ofADeletedAgent_closesRefused() {
    opened();

    gateway.nextListener().end(Refusal.DELETED_AGENT);

    assertThat(events.next(Downlink.Closed.class).why()).isEqualTo(Downlink.CloseReason.REFUSED);
    gateway.awaitClosing();
  }

  @Test
  void end_ofARevokedKey_closesRefusedNamingTheReason() {
    opened();

    gateway.nextListener().end(Refusal.UNKNOWN_KEY);

    Downlink.Closed closed = events.next(Downlink.Closed.class);
    assertThat(closed.why()).isEqualTo(Downlink.CloseReason.REFUSED);
    assertThat(closed.reason()).contains("unknown_key");
  }

  @Test
  void close_twice_hearsOneClosedAndNothingAfterIt() {
    Uplink.Session session = opened();
    AgentSessions.Listener listener = gateway.nextListener();

    session.close();
    session.close();
    events.next(Downlink.Closed.class);
    gateway.awaitClosing();
    listener.setsNeeded(List.of(Sha256.of(new byte[0])));
    session.push(submission(1, 1));
    session.heartbeat(SENT_AT);

    assertThat(session.ready()).isFalse();
    assertThat(events.unread()).isEmpty();
    assertThat(gateway.unreadPushes()).isZero();
  }

  @Test
  void close_beforeTheGatewayAnswered_hearsOneClosed() {
    Uplink.Session session = uplinkToNowhere().open(opening(), events);

    session.close();

    events.next(Downlink.Closed.class);
    assertThat(events.unread()).isEmpty();
  }

  @Test
  void ready_ofAnOpenSession_isTrue() {
    Uplink.Session session = opened();

    assertThat(session.ready()).isTrue();
  }

  @Test
  void open_again_isANewSession() {
    Uplink uplink = uplinkTo(gateway);
    gateway.answerPushes(new IngestVerdict.Accepted(RECEIPT));

    Uplink.Session first = uplink.open(opening(), events);
    events.next(Downlink.Opened.class);
    first.close();
    events.next(Downlink.Closed.class);
    Uplink.Session second = uplink.open(opening(), events);
    events.next(Downlink.Opened.class);
    second.push(submission(1, 1));

    events.next(Downlink.Accepted.class);
  }

  private Uplink.Session opened() {
    Uplink.Session session = uplinkTo(gateway).open(opening(), events);
    events.next(Downlink.Opened.class);
    return session;
  }

  private Uplink.Opening opening() {
    return new Uplink.Opening(epoch, key, "1.2.3", 6, SENT_AT);
  }

  private Submission submission(long seq, long attempt) {
    byte[] body = ("not protobuf, and nobody minds: " + seq).getBytes(StandardCharsets.UTF_8);
    byte[] set = {9, 8, 7, (byte) seq};
    BatchHeader header =
        new BatchHeader(
            BatchKind.DATA,
            new BatchId(epoch, seq),
            seq - 1,
            seq,
            SENT_AT,
            SENT_AT,
            0,
            Sha256.of(body));
    var batch = SigningPolicy.signContent(key, header, body);
    var envelope =
        SigningPolicy.signEnvelope(key, batch, attempt, SENT_AT, List.of(Sha256.of(set)));
    return new Submission(batch, envelope, List.of(set));
  }

  private static AgentKey key(String id, long seed) {
    return new AgentKey(new KeyId(id), Secret.random(new SplittableRandom(seed)));
  }
}
