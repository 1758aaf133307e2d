package dev.sentinelj.adapters.memory;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.PartitionStore.BatchTry;
import dev.sentinelj.ports.driven.PartitionTransaction.ParkedBatch;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import java.util.Comparator;
import java.util.Optional;

/** Keys and rows of the tables, with the order of each key. */
final class Rows {
  static final Comparator<EpochId> EPOCHS =
      Comparator.comparing(EpochId::agent).thenComparingLong(EpochId::epoch);

  static final Comparator<BatchId> BATCHES =
      Comparator.comparing(BatchId::epoch, EPOCHS).thenComparingLong(BatchId::seq);

  static final Comparator<FrameAddress> LANES =
      Comparator.comparingInt(FrameAddress::partition).thenComparing(FrameAddress::lane);

  private Rows() {}

  record LedgerRow(BatchId id, Sha256 contentHash, long samples, long sampleTo) {}

  /** A content that was carried over. */
  record OriginKey(BatchId id, Sha256 contentHash) {
    static final Comparator<OriginKey> ORDER =
        Comparator.comparing(OriginKey::id, BATCHES)
            .thenComparing(key -> key.contentHash().toHex());
  }

  /** One log's word on a closed epoch. */
  record MoveKey(EpochId closed, EpochId into) {
    static final Comparator<MoveKey> ORDER =
        Comparator.comparing(MoveKey::closed, EPOCHS).thenComparing(MoveKey::into, EPOCHS);
  }

  /**
   * @param born number of the transaction that entered the epoch
   * @param changed number of the last transaction that saved it
   * @param changedMillis when that was
   */
  record ProgressRow(EpochProgress progress, long born, long changed, long changedMillis) {

    /** A row of an epoch that was never committed. */
    static ProgressRow unnumbered(EpochProgress progress) {
      return new ProgressRow(progress, 0, 0, 0);
    }

    ProgressRow numbered(long number, long nowMillis) {
      return new ProgressRow(progress, born == 0 ? number : born, number, nowMillis);
    }
  }

  record SetKey(AgentId agent, Sha256 hash) {
    static final Comparator<SetKey> ORDER =
        Comparator.comparing(SetKey::agent).thenComparing(key -> key.hash().toHex());
  }

  record SeriesKey(AgentId agent, Series series) {
    static final Comparator<SeriesKey> ORDER =
        Comparator.comparing(SeriesKey::agent)
            .thenComparing(SeriesKey::series, MetricQueries.BY_NAME_AND_LABELS);
  }

  record JournalKey(int partition, Lane lane, long generation, long sequence, int index) {
    static final Comparator<JournalKey> ORDER =
        Comparator.comparingInt(JournalKey::partition)
            .thenComparing(JournalKey::lane)
            .thenComparingLong(JournalKey::generation)
            .thenComparingLong(JournalKey::sequence)
            .thenComparingInt(JournalKey::index);
  }

  /**
   * @param counted samples of the entry that no ledger row contradicts
   */
  record Loss(LossRecord.Entry entry, long counted) {}

  record Parked(int partition, EpochId epoch, ParkedBatch batch) {
    boolean of(AgentId agent) {
      return epoch.agent().equals(agent);
    }
  }

  /** What is known of work behind the position of a lane. */
  record Begun(int times, Optional<BatchTry> last) {
    static final Begun NEVER = new Begun(0, Optional.empty());
  }

  /**
   * @param replayedAtMillis 0 unless it was replayed
   */
  record Kept(long id, QuarantineRow row, long replayedAtMillis, String replayedBy) {
    Kept replayed(long atMillis, String by) {
      return new Kept(id, row, atMillis, by);
    }
  }

  record Sample(long seriesId, long timeMillis, double value) {}

  record LeaseRow(String owner, long token, long expiresMillis) {}
}
