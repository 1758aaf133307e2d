package dev.sentinelj.adapters.grpc;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.LaneRead;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.proto.Accepted;
import dev.sentinelj.proto.AcceptedRange;
import dev.sentinelj.proto.BackOff;
import dev.sentinelj.proto.Deleted;
import dev.sentinelj.proto.EpochClosed;
import dev.sentinelj.proto.LedgerRow;
import dev.sentinelj.proto.PushVerdict;
import dev.sentinelj.proto.Reconciled;
import dev.sentinelj.proto.Refused;
import dev.sentinelj.proto.Retry;
import dev.sentinelj.proto.SeqRange;
import dev.sentinelj.proto.ServerMessage;
import dev.sentinelj.proto.ServerSignal;
import dev.sentinelj.proto.SetsNeeded;
import dev.sentinelj.proto.Skewed;
import java.util.List;

/** Wire form of what a gateway says. */
final class ServerSignals {
  private ServerSignals() {}

  static ServerSignal answer(Attempt about, IngestVerdict verdict) {
    ServerSignal.Builder signal = ServerSignal.newBuilder();
    return switch (verdict) {
      case IngestVerdict.Accepted(Receipt receipt) ->
          signal.setAccepted(accepted(about, receipt)).build();
      case IngestVerdict.Retry(RetryReason reason, long delayMillis) ->
          signal.setRetry(retry(about, reason, delayMillis)).build();
      case IngestVerdict.Skewed(long serverMillis) -> skewed(serverMillis);
      case IngestVerdict.Refused(Refusal reason) ->
          signal.setRefused(refused(about, reason)).build();
    };
  }

  static PushVerdict verdict(Attempt about, IngestVerdict verdict) {
    PushVerdict.Builder wire = PushVerdict.newBuilder();
    return switch (verdict) {
      case IngestVerdict.Accepted(Receipt receipt) -> wire.setAccepted(toWire(receipt)).build();
      case IngestVerdict.Retry(RetryReason reason, long delayMillis) ->
          wire.setRetry(retry(about, reason, delayMillis)).build();
      case IngestVerdict.Skewed(long serverMillis) ->
          wire.setSkewed(Skewed.newBuilder().setServerTimeMs(serverMillis)).build();
      case IngestVerdict.Refused(Refusal reason) -> wire.setRefused(refused(about, reason)).build();
    };
  }

  static ServerSignal skewed(long serverMillis) {
    return ServerSignal.newBuilder()
        .setSkewed(Skewed.newBuilder().setServerTimeMs(serverMillis))
        .build();
  }

  static ServerSignal committed(Committed committed) {
    EpochProgress progress = committed.progress();
    var wire =
        dev.sentinelj.proto.Committed.newBuilder()
            .setEpoch(progress.epoch().epoch())
            .setThrough(progress.through())
            .addAllParked(committed.parked())
            .setClosed(progress.closed())
            .setForked(progress.forked());
    progress.above().stream()
        .limit(Committed.MAX_RANGES)
        .map(ServerSignals::range)
        .forEach(wire::addRanges);
    committed.lanes().stream().map(ServerSignals::read).forEach(wire::addLanes);
    return ServerSignal.newBuilder().setCommitted(wire).build();
  }

  static ServerSignal setsNeeded(List<Sha256> sets) {
    SetsNeeded.Builder wire = SetsNeeded.newBuilder();
    sets.forEach(set -> wire.addSets(Handshakes.bytes(set.toBytes())));
    return ServerSignal.newBuilder().setSetsNeeded(wire).build();
  }

  static ServerSignal reconciled(ReconcileAnswer answer) {
    Reconciled.Builder wire = Reconciled.newBuilder();
    switch (answer) {
      case ReconcileAnswer.Equal(long epoch, long from, long to) ->
          wire.setEpoch(epoch).setSeqs(range(from, to)).setEqual(true);
      case ReconcileAnswer.Differs(
              long epoch,
              long from,
              long to,
              List<ReconcileAnswer.Row> rows) -> {
        wire.setEpoch(epoch).setSeqs(range(from, to));
        rows.forEach(row -> wire.addRows(ledgerRow(row)));
      }
    }
    return ServerSignal.newBuilder().setReconciled(wire).build();
  }

  static ServerSignal epochClosed(long epoch) {
    return ServerSignal.newBuilder()
        .setEpochClosed(EpochClosed.newBuilder().setEpoch(epoch))
        .build();
  }

  static ServerSignal deleted() {
    return ServerSignal.newBuilder().setDeleted(Deleted.getDefaultInstance()).build();
  }

  /** About the session. */
  static ServerMessage backOff(String reason, long delayMillis) {
    BackOff wire = BackOff.newBuilder().setReason(reason).setDelayMs(delayMillis).build();
    return ServerMessage.newBuilder().setBackOff(wire).build();
  }

  /** About one batch. */
  static ServerMessage backOff(Attempt about, String reason, long delayMillis) {
    BackOff wire =
        BackOff.newBuilder()
            .setReason(reason)
            .setDelayMs(delayMillis)
            .setEpoch(about.epoch())
            .setSeq(about.seq())
            .setAttempt(about.attempt())
            .build();
    return ServerMessage.newBuilder().setBackOff(wire).build();
  }

  private static Accepted accepted(Attempt about, Receipt receipt) {
    AcceptedRange range =
        AcceptedRange.newBuilder()
            .setSeqs(range(about.seq(), about.seq()))
            .addAttempts(about.attempt())
            .setReceipt(toWire(receipt))
            .build();
    return Accepted.newBuilder().setEpoch(about.epoch()).addRanges(range).build();
  }

  private static Retry retry(Attempt about, RetryReason reason, long delayMillis) {
    return Retry.newBuilder()
        .setEpoch(about.epoch())
        .setSeq(about.seq())
        .setAttempt(about.attempt())
        .setReason(reason.word())
        .setDelayMs(delayMillis)
        .build();
  }

  private static Refused refused(Attempt about, Refusal reason) {
    return Refused.newBuilder()
        .setEpoch(about.epoch())
        .setSeq(about.seq())
        .setAttempt(about.attempt())
        .setReason(reason.word())
        .setPermanent(reason.permanent())
        .build();
  }

  private static dev.sentinelj.proto.Receipt toWire(Receipt receipt) {
    return receipt(receipt.partition(), receipt.lane(), receipt.generation(), receipt.sequence());
  }

  private static dev.sentinelj.proto.Receipt read(LaneRead read) {
    return receipt(read.partition(), read.lane(), read.generation(), read.sequence());
  }

  private static dev.sentinelj.proto.Receipt receipt(
      int partition, Lane lane, long generation, long sequence) {
    return dev.sentinelj.proto.Receipt.newBuilder()
        .setPartition(partition)
        .setLane(
            switch (lane) {
              case FRESH -> dev.sentinelj.proto.Lane.FRESH;
              case BACKLOG -> dev.sentinelj.proto.Lane.BACKLOG;
            })
        .setGeneration(generation)
        .setSequence(sequence)
        .build();
  }

  private static SeqRange range(SeqRanges.Range range) {
    return range(range.from(), range.to());
  }

  private static SeqRange range(long from, long to) {
    return SeqRange.newBuilder().setFrom(from).setTo(to).build();
  }

  private static LedgerRow ledgerRow(ReconcileAnswer.Row row) {
    return LedgerRow.newBuilder()
        .setSeq(row.seq())
        .setContentHash(Handshakes.bytes(row.contentHash().toBytes()))
        .build();
  }
}
