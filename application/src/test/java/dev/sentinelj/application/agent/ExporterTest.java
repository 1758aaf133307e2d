package dev.sentinelj.application.agent;

import static dev.sentinelj.application.agent.AgentRig.EPOCH;
import static dev.sentinelj.application.agent.AgentRig.KEY;
import static dev.sentinelj.application.agent.AgentRig.SET;
import static dev.sentinelj.application.agent.AgentRig.read;
import static dev.sentinelj.application.agent.AgentRig.receipt;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.memory.InMemoryBatchLog;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.Submission;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.signing.SigningPolicy;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ExporterTest {
  private final AgentRig rig = new AgentRig();

  @Test
  void batches_areSentInOrderOfSeqWithBothMacs() {
    rig.collect(3).connect();

    assertThat(rig.line().seqs()).containsExactly(1L, 2L, 3L);
    assertThat(rig.line().pushed)
        .allSatisfy(one -> {
          assertThat(SigningPolicy.contentHolds(KEY, one.batch())).isTrue();
          assertThat(SigningPolicy.envelopeHolds(KEY, one.envelope(), one.batch())).isTrue();
        });
  }

  @Test
  void opening_namesEpochKeyAndNextSeq() {
    rig.collect(2).poll();

    assertThat(rig.line().opening.epoch().epoch()).isEqualTo(EPOCH);
    assertThat(rig.line().opening.nextSeq()).isEqualTo(3);
    assertThat(rig.line().opening.sentAtMillis()).isEqualTo(AgentRig.T0);
  }

  @Test
  void olderThanSession_isHeldUntilProgressWasHeard() {
    rig.collect(2).open().pass(100);

    assertThat(rig.line().seqs()).isEmpty();

    rig.committed(1).ours();

    assertThat(rig.line().seqs()).containsExactly(2L);
  }

  @Test
  void olderThanSession_goesAfter30SecondsWithoutProgress() {
    rig.collect(2).open().pass(29_999);

    assertThat(rig.line().seqs()).isEmpty();

    rig.pass(1);

    assertThat(rig.line().seqs()).containsExactly(1L, 2L);
  }

  @Test
  void appendedAfterOpening_waitsForTheWordTooAndGoesBehindWhatIsOlder() {
    rig.collect(2).open().collect().poll();

    assertThat(rig.line().seqs()).isEmpty();

    rig.committed(0);

    assertThat(rig.line().seqs()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void reconnect_sendsEverythingNotCommittedAgain() {
    rig.collect(3).connect().accept(1).accept(2).accept(3).committed(1).lost().pass(1_000);

    rig.connect().committed(1);

    assertThat(rig.uplink.lines).hasSize(2);
    assertThat(rig.line().seqs()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void reconnect_hearingTheWordFirst_leavesOutWhatIsCommitted() {
    rig.collect(3).connect().lost().pass(1_000).open().committed(2).ours();

    assertThat(rig.line().seqs()).containsExactly(3L);
  }

  @Test
  void accepted_isNotSentAgainWithoutEvidence() {
    rig.collect(1).connect().accept(1).committed(0, read(1, 0));
    rig.pass(30 * 60_000).committed(0, read(1, 0)).pass(1_000);

    assertThat(rig.line().seqs()).containsExactly(1L);
  }

  @Test
  void accepted_laneReadPastReceiptAndNotCommitted_isSentAgainUnderANewAttempt() {
    rig.collect(1).connect().accept(1, receipt(1, 5));
    long firstAttempt = rig.attempt(1);

    rig.committed(0, read(1, 5));

    assertThat(rig.line().seqs()).containsExactly(1L);

    rig.pass(2_000);

    assertThat(rig.line().seqs()).containsExactly(1L, 1L);
    assertThat(rig.attempt(1)).isNotEqualTo(firstAttempt);
  }

  @Test
  void accepted_laneReadUpToBeforeReceipt_isNotSentAgain() {
    rig.collect(1).connect().accept(1, receipt(1, 5)).committed(0, read(1, 4)).pass(60_000);

    assertThat(rig.line().seqs()).containsExactly(1L);
  }

  @Test
  void accepted_generationOfLaneChanged_isSentAgain() {
    rig.collect(1).connect().accept(1, receipt(1, 5)).committed(0, read(2, 0)).pass(2_000);

    assertThat(rig.line().seqs()).containsExactly(1L, 1L);
  }

  @Test
  void accepted_parked_isNotSentAgain() {
    rig.collect(1).connect().accept(1, receipt(1, 5));
    rig.committed(0, List.of(), List.of(1L), read(1, 9)).pass(60_000);

    assertThat(rig.line().seqs()).containsExactly(1L);
  }

  @Test
  void accepted_notCommittedForAnHour_isSentAgain() {
    rig.collect(1).connect().accept(1).pass(3_599_000);

    assertThat(rig.line().seqs()).containsExactly(1L);

    rig.pass(61_000);

    assertThat(rig.line().seqs()).containsExactly(1L, 1L);
  }

  @Test
  void resending_backsOffByAttempt() {
    rig.collect(1).connect();
    long waited = 0;
    for (int round = 0; round < 12; round++) {
      rig.accept(1, receipt(1, 5)).committed(0, read(1, 5));
      int sent = rig.line().pushed.size();
      waited = 0;
      while (rig.line().pushed.size() == sent) {
        rig.pass(1_000);
        waited += 1_000;
        assertThat(waited).isLessThanOrEqualTo(601_000);
      }
      rig.committed(0, read(1, 0));
    }

    assertThat(rig.exporter.status(rig.now).resent()).isEqualTo(12);
    assertThat(waited).isGreaterThan(5_000);
  }

  @Test
  void marksMovedBack_whatTheyNoLongerNameIsSentAgain() {
    rig.collect(3).connect().accept(1).accept(2).accept(3).committed(3);

    rig.committed(1);

    assertThat(rig.line().seqs()).containsExactly(1L, 2L, 3L, 2L, 3L);
  }

  @Test
  void ranges_aboveThrough_countAsCommitted() {
    rig.collect(4).open().committed(1, List.of(new SeqRanges.Range(3, 3)), List.of());
    rig.ours().ours();

    assertThat(rig.line().seqs()).containsExactly(2L, 4L);
  }

  @Test
  void ranges_cutAt32_sayNothingOfWhatLiesBeyond() {
    List<SeqRanges.Range> all =
        LongStream.rangeClosed(1, 33).mapToObj(i -> new SeqRanges.Range(2 * i, 2 * i)).toList();
    rig.collect(66).open().committed(66).ours();

    rig.committed(0, all.subList(0, 32), List.of());

    assertThat(rig.line().seqs())
        .containsExactlyElementsOf(LongStream.range(0, 32).mapToObj(i -> 2 * i + 1).toList());
  }

  @Test
  void window_holdsAtMostItsNumberOfBatches() {
    rig.collect(100).connect();

    assertThat(rig.line().pushed).hasSize(64);

    rig.accept(1).accept(2);

    assertThat(rig.line().seqs()).endsWith(65L, 66L).hasSize(66);
  }

  @Test
  void window_holdsAtMostItsNumberOfBytes() {
    ExporterOptions small =
        new ExporterOptions(
            64,
            100,
            64,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofHours(1),
            Duration.ofMinutes(10));
    AgentRig tight =
        new AgentRig(new InMemoryBatchLog(EPOCH, 1 << 20, 1 << 24), small).collect(10).connect();

    assertThat(tight.line().pushed.size()).isBetween(1, 2);
  }

  @Test
  void session_notReady_isNotPushedTo() {
    rig.open().committed(0);
    rig.line().ready = false;
    rig.collect().pass(100);

    assertThat(rig.line().seqs()).isEmpty();

    rig.line().ready = true;
    rig.pass(100);

    assertThat(rig.line().seqs()).containsExactly(1L);
  }

  @Test
  void retryLater_sendsNothingBeforeTheDelayAndTheSameBatchFirst() {
    rig.collect(1).connect().retry(1, 5_000).collect().pass(4_999);

    assertThat(rig.line().seqs()).containsExactly(1L);

    rig.pass(1);

    assertThat(rig.line().seqs()).containsExactly(1L, 1L, 2L);
  }

  @Test
  void answer_ofAnotherAttempt_isIgnored() {
    rig.collect(1).connect();
    rig.says(new Downlink.Accepted(EPOCH, 1, rig.attempt(1) + 1, receipt(1, 1)));

    assertThat(rig.exporter.status(rig.now).inFlight()).isEqualTo(1);
  }

  @Test
  void skewed_adoptsTheServersClockAndStampsAnew() {
    rig.collect(1).connect();
    long before = rig.attempt(1);

    rig.says(new Downlink.Skewed(rig.now.wallMillis() + 3_600_000));

    assertThat(rig.line().seqs()).containsExactly(1L, 1L);
    assertThat(rig.line().latest(1).envelope().envelope().sentAtMillis())
        .isEqualTo(rig.now.wallMillis() + 3_600_000);
    assertThat(rig.attempt(1)).isNotEqualTo(before);
    assertThat(rig.exporter.status(rig.now).offsetMillis()).isEqualTo(3_600_000);
  }

  @Test
  void skewed_toldAgainForWhatWasSentBefore_changesNothing() {
    rig.collect(2).connect();
    rig.says(new Downlink.Skewed(rig.now.wallMillis() + 3_600_000));
    rig.says(new Downlink.Skewed(rig.now.wallMillis() + 3_600_000));

    assertThat(rig.line().seqs()).containsExactly(1L, 2L, 1L, 2L);
  }

  @Test
  void skewed_atTheHandshake_connectsAgainSoonWithTheRightTime() {
    rig.poll().says(new Downlink.Skewed(rig.now.wallMillis() - 86_400_000));
    rig.says(new Downlink.Closed(Downlink.CloseReason.REFUSED, "skewed")).pass(1_000);

    assertThat(rig.uplink.lines).hasSize(2);
    assertThat(rig.line().opening.sentAtMillis()).isEqualTo(rig.now.wallMillis() - 86_400_000);
  }

  @Test
  void welcome_offsetUpToASecond_isLeftAlone() {
    rig.poll();
    rig.says(new Downlink.Opened(rig.now.wallMillis() + 1_000, SessionLimits.DEFAULT));

    assertThat(rig.terms.offsetMillis()).isZero();
  }

  @Test
  void welcome_offsetOverASecond_isAdopted() {
    rig.poll();
    rig.says(new Downlink.Opened(rig.now.wallMillis() + 1_001, SessionLimits.DEFAULT));

    assertThat(rig.terms.offsetMillis()).isEqualTo(1_001);
  }

  @Test
  void refusedForGood_isKeptAndLostAndNeverSentAgain() {
    rig.collect(1).connect().refuse(1, Refusal.TIME_SPAN).pass(1_000).pass(1_000);

    assertThat(rig.kept).containsExactly(new AgentRig.Kept(1, Refusal.TIME_SPAN));
    assertThat(rig.line().seqs()).containsExactly(1L, 2L);
    SignedBatch loss = rig.line().latest(2).batch();
    assertThat(loss.header().kind()).isEqualTo(BatchKind.LOSS);
    assertThat(LossRecord.parse(loss.body()).entries())
        .containsExactly(new LossRecord.Entry(1, 1, 1, LossReason.REFUSED));

    rig.lost().pass(30_000).connect();

    assertThat(rig.line().seqs()).containsExactly(2L);
  }

  @Test
  void refusedForGood_bytesCannotBeKept_noLossIsWrittenAndItIsTriedAgain() {
    rig.quarantineBroken = true;
    rig.collect(1).connect().refuse(1, Refusal.TOO_BIG).pass(1_000);

    assertThat(rig.log.nextSeq()).isEqualTo(2);

    rig.quarantineBroken = false;
    rig.pass(600_000).refuse(1, Refusal.TOO_BIG).pass(1_000);

    assertThat(rig.kept).hasSize(1);
    assertThat(rig.log.nextSeq()).isEqualTo(3);
  }

  @Test
  void refusedNotForGood_backsOffTheSessionAndKeepsTheBatch() {
    rig.collect(1).connect().refuse(1, Refusal.BAD_MAC);

    assertThat(rig.uplink.lines.getFirst().closed).isTrue();
    assertThat(rig.kept).isEmpty();

    rig.pass(2_000).connect();

    assertThat(rig.line().seqs()).containsExactly(1L);
  }

  @Test
  void deletedAgent_stopsAndKeepsItsLog() {
    rig.collect(1).connect().refuse(1, Refusal.DELETED_AGENT).pass(86_400_000);

    assertThat(rig.uplink.lines).hasSize(1);
    assertThat(rig.exporter.status(rig.now).state()).isEqualTo(Exporter.State.STOPPED);
    assertThat(rig.log.usage().batches()).isEqualTo(1);
  }

  @Test
  void batchOverTheServersLimit_isGivenUpWithoutBeingSent() {
    rig.collect(1).poll();
    rig.says(new Downlink.Opened(rig.now.wallMillis(), new SessionLimits(100, 10_000)));
    rig.committed(0).pass(100);

    assertThat(rig.kept).containsExactly(new AgentRig.Kept(1, Refusal.TOO_BIG));
    assertThat(rig.line().pushed.stream().map(one -> one.batch().header().kind()))
        .containsOnly(BatchKind.LOSS);
  }

  @Test
  void connectionRefused_backsOffWithFullJitterUpToHalfAMinute() {
    rig.poll();
    int tries = 40;
    for (int i = 0; i < tries; i++) {
      int before = rig.uplink.lines.size();
      rig.lost();
      long waited = 0;
      while (rig.uplink.lines.size() == before) {
        rig.pass(100);
        waited += 100;
      }
      assertThat(waited).isLessThanOrEqualTo(Math.min(30_100, (1_000L << Math.min(i, 20)) + 100));
    }

    assertThat(rig.uplink.lines).hasSize(tries + 1);
  }

  @Test
  void handshake_withoutAnswer_isGivenUp() {
    rig.poll().pass(60_000).pass(1_000);

    assertThat(rig.uplink.lines).hasSize(2);
    assertThat(rig.uplink.lines.getFirst().closed).isTrue();
  }

  @Test
  void batch_withoutAnswer_endsTheSession() {
    rig.collect(1).connect().pass(60_000);

    assertThat(rig.uplink.lines.getFirst().closed).isTrue();
    assertThat(rig.exporter.status(rig.now).state()).isEqualTo(Exporter.State.WAITING);
  }

  @Test
  void eventsOfAnEarlierSession_areIgnored() {
    rig.collect(1).connect();
    ScriptedUplink.Line old = rig.line();
    rig.lost().pass(1_000).open();

    old.says(new Downlink.Closed(Downlink.CloseReason.LOST, "late"));
    rig.run();

    assertThat(rig.exporter.status(rig.now).state()).isEqualTo(Exporter.State.OPEN);
  }

  @Test
  void heartbeat_isSentAtTheServersInterval() {
    rig.connect().pass(9_999);
    assertThat(rig.line().heartbeats).isEmpty();

    rig.pass(1).pass(5_000).pass(5_000);

    assertThat(rig.line().heartbeats).hasSize(2);
  }

  @Test
  void backlogOlderThanAMinute_freshGoesFirst() {
    rig.collect(100).pass(61_000).collect(2).connect();

    assertThat(rig.line().seqs()).startsWith(101L, 102L, 1L, 2L);
  }

  @Test
  void backlogOfAMinute_goesInOneOrder() {
    rig.collect(3).pass(60_000).collect(2).connect();

    assertThat(rig.line().seqs()).containsExactly(1L, 2L, 3L, 4L, 5L);
  }

  @Test
  void backlog_goesAtItsRatePerPoll() {
    ExporterOptions slow =
        new ExporterOptions(
            64,
            1 << 20,
            2,
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofHours(1),
            Duration.ofMinutes(10));
    AgentRig slowRig = new AgentRig(new InMemoryBatchLog(EPOCH, 1 << 20, 1 << 24), slow);
    slowRig.collect(5).pass(61_000).connect();

    assertThat(slowRig.line().seqs()).containsExactly(1L, 2L);

    slowRig.pass(100);

    assertThat(slowRig.line().seqs()).containsExactly(1L, 2L, 3L, 4L);
  }

  @Test
  void fallingBehindWithinASession_splitsTheLanes() {
    rig.connect();
    rig.line().ready = false;
    rig.collect(3).pass(61_000).collect(1);
    rig.line().ready = true;
    rig.poll();

    assertThat(rig.line().seqs()).containsExactly(4L, 1L, 2L, 3L);
  }

  @Test
  void markBeyondTheLog_isToldAsAFork() {
    rig.collect(2).connect().committed(2);
    assertThat(rig.exporter.status(rig.now).forked()).isFalse();

    rig.committed(3);

    assertThat(rig.exporter.status(rig.now).forked()).isTrue();
  }

  @Test
  void close_endsTheSessionForGood() {
    rig.connect();
    rig.exporter.close();
    rig.pass(600_000);

    assertThat(rig.line().closed).isTrue();
    assertThat(rig.uplink.lines).hasSize(1);
  }

  @Test
  void status_tellsHowOldTheOldestUnsentBatchIs() {
    rig.collect(1).pass(5_000).collect(1);

    assertThat(rig.exporter.status(rig.now).oldestUnsentMillis()).isEqualTo(5_000);

    rig.connect().accept(1);

    assertThat(rig.exporter.status(rig.now).oldestUnsentMillis()).isZero();
  }

  @Test
  void attachedSets_travelAsTheirBytes() {
    rig.collect(1).connect();
    Submission sent = rig.line().latest(1);

    assertThat(sent.envelope().envelope().attached()).containsExactly(SET.hash());
    assertThat(sent.attachedSets()).containsExactly(SET.toBytes());
  }

  @Test
  void oneBatchThatIsNotBelieved_waitsAloneAndLonger() {
    rig.collect(1).connect().disbelieve(1).collect().poll();

    assertThat(rig.line().seqs()).containsExactly(1L, 2L);

    rig.accept(2).pass(5_000);
    assertThat(rig.line().seqs()).containsExactly(1L, 2L, 1L);
  }

  @Test
  void secondInARowThatIsNotBelieved_pausesEverything() {
    rig.collect(2).connect().disbelieve(1).disbelieve(2).collect().pass(4_999);

    assertThat(rig.line().seqs()).containsExactly(1L, 2L);

    rig.pass(1);

    assertThat(rig.line().seqs()).contains(3L);
  }

  @Test
  void refusedSet_delaysItsBatchAndKeepsTheSession() {
    rig.collect(1).connect().refuse(1, Refusal.BAD_SET).collect().pass(1_000);

    assertThat(rig.uplink.lines).hasSize(1);
    assertThat(rig.line().seqs()).containsExactly(1L, 2L);
  }

  @Test
  void refusedForGood_isNotSentAgainAfterARestart() {
    rig.collect(1).connect().refuse(1, Refusal.TIME_SPAN).poll();
    AgentRig next = new AgentRig(rig.log.restart(), ExporterOptions.DEFAULT, rig.now);

    next.connect().poll();

    assertThat(next.line().seqs()).containsExactly(2L);
    assertThat(next.line().pushed.getFirst().batch().header().kind()).isEqualTo(BatchKind.LOSS);
  }

  @Test
  void forked_sendsNothingMore() {
    rig.collect(1).connect().committed(5).collect().pass(1_000);

    assertThat(rig.line().seqs()).containsExactly(1L);
    assertThat(rig.exporter.forked()).isTrue();
  }
}
