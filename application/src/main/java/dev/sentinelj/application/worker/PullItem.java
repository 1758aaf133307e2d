package dev.sentinelj.application.worker;

import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import java.util.List;

/**
 * What a pull brought, as far as it can be judged without the database; in the order of the lane.
 */
sealed interface PullItem {
  /** Why a batch that failed alone again and again is kept aside. */
  String POISON = "poison";

  /** A message that is no frame of this cluster and queue. */
  record BadFrame(BusPosition position, byte[] bytes, String detail) implements PullItem {}

  /** A batch nobody is known to have signed; its agent still holds the good copy. */
  record Unbelieved(JournalRow row, String reason, String detail) implements PullItem {}

  /**
   * A batch whose content MAC held.
   *
   * @param sets definitions that came beside it
   */
  record Believed(JournalRow row, List<SeriesSet> sets, Content content) implements PullItem {
    public Believed {
      sets = List.copyOf(sets);
    }
  }

  /** What a believed batch says. */
  sealed interface Content {
    record Data(List<BatchCodec.Part> parts) implements Content {
      public Data {
        parts = List.copyOf(parts);
      }
    }

    record Loss(LossRecord record) implements Content {}

    record Moved() implements Content {}

    /** It cannot be read, or not be stored: kept aside with a ledger row. */
    record Unusable(String reason, String detail) implements Content {}
  }
}
