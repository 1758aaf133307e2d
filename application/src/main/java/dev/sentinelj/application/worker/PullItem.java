package dev.sentinelj.application.worker;

import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.QuarantineReason;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a pull brought, as far as it can be judged without the database; in the order of the lane.
 */
sealed interface PullItem {
  /** Every epoch that it has an effect on, its own first. */
  default Set<EpochId> epochs() {
    return Set.of();
  }

  /** A message that is no frame of this cluster and queue. */
  record BadFrame(BusPosition position, byte[] bytes, String detail) implements PullItem {}

  /**
   * A batch that gets no ledger row: nobody is known to have signed it, or it cannot be entered.
   * Its agent still holds it.
   */
  record Unbelieved(JournalRow row, QuarantineReason reason, String detail) implements PullItem {}

  /**
   * A batch whose content MAC held.
   *
   * @param origin where its content was first, when it is a copy
   * @param sets definitions that came beside it
   */
  record Believed(
      JournalRow row, Optional<CopiedBatch.Origin> origin, List<SeriesSet> sets, Content content)
      implements PullItem {
    public Believed {
      sets = List.copyOf(sets);
    }

    BatchId id() {
      return row.batch().id();
    }

    LedgerClaim claim() {
      SignedBatch batch = row.batch();
      return new LedgerClaim(
          batch.id(),
          batch.contentHash(),
          batch.header().samples(),
          batch.header().sampleTo(),
          origin);
    }

    long samples() {
      return row.batch().header().samples();
    }

    /** The same batch, kept aside. */
    Believed unusable(QuarantineReason reason, String detail) {
      return new Believed(row, origin, sets, new Content.Unusable(reason, detail));
    }

    @Override
    public Set<EpochId> epochs() {
      Set<EpochId> epochs = new LinkedHashSet<>();
      epochs.add(id().epoch());
      origin.ifPresent(from -> epochs.add(from.id().epoch()));
      switch (content) {
        case Content.Loss(EpochId of, _) -> epochs.add(of);
        case Content.Moved(EpochId closed, _, _) -> epochs.add(closed);
        case Content.Data _, Content.Unusable _ -> {}
      }
      return epochs;
    }
  }

  /** What a believed batch says. */
  sealed interface Content {
    record Data(List<BatchCodec.Part> parts) implements Content {
      public Data {
        parts = List.copyOf(parts);
      }

      /** Rows times series. */
      long cells() {
        return parts.stream()
            .mapToLong(part -> (long) part.columns().rows() * part.columns().series())
            .sum();
      }
    }

    /**
     * @param of the epoch whose losses these are: a copied record speaks of its origin's
     */
    record Loss(EpochId of, LossRecord record) implements Content {}

    /**
     * The last word of one log on a closed epoch.
     *
     * @param into the epoch the record was made for
     */
    record Moved(EpochId closed, EpochId into, MovedRecord record) implements Content {

      /** What the log lost of the closed epoch, in loss records of a size that is allowed. */
      List<LossRecord> losses() {
        List<LossRecord> records = new ArrayList<>();
        List<LossRecord.Entry> lost = record.lost();
        for (int from = 0; from < lost.size(); from += LossRecord.MAX_ENTRIES) {
          int to = Math.min(lost.size(), from + LossRecord.MAX_ENTRIES);
          records.add(new LossRecord(lost.subList(from, to)));
        }
        return records;
      }
    }

    /** It cannot be read, or not be stored: kept aside with a ledger row. */
    record Unusable(QuarantineReason reason, String detail) implements Content {}
  }
}
