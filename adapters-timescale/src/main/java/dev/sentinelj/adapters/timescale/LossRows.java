package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.BATCH_LEDGER;
import static dev.sentinelj.adapters.timescale.jooq.Tables.LOSSES;
import static org.jooq.impl.DSL.coalesce;
import static org.jooq.impl.DSL.count;
import static org.jooq.impl.DSL.sum;

import dev.sentinelj.adapters.timescale.jooq.tables.records.LossesRecord;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossRecord;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jooq.Condition;
import org.jooq.DSLContext;

/**
 * Rows of {@code losses}, one per entry of a loss record. What counts as lost is what the entry
 * says without the samples of those of its seqs that the ledger has.
 */
final class LossRows {
  private final DSLContext dsl;

  LossRows(DSLContext dsl) {
    this.dsl = dsl;
  }

  long add(EpochId epoch, LossRecord record) {
    long added = 0;
    for (LossRecord.Entry entry : record.entries()) {
      long counted = counted(epoch, entry.from(), entry.to(), entry.samples());
      int entered =
          dsl.insertInto(LOSSES)
              .set(LOSSES.AGENT, epoch.agent().value())
              .set(LOSSES.EPOCH, epoch.epoch())
              .set(LOSSES.SEQ_FROM, entry.from())
              .set(LOSSES.SEQ_TO, entry.to())
              .set(LOSSES.SAMPLES, entry.samples())
              .set(LOSSES.COUNTED, counted)
              .set(LOSSES.REASON, entry.reason().word())
              .onConflictDoNothing()
              .execute();
      added += entered * counted;
    }
    return added;
  }

  long remove(EpochId epoch, Collection<Long> seqs) {
    if (seqs.isEmpty()) {
      return 0;
    }
    long removed = 0;
    for (LossesRecord loss : naming(epoch, new TreeSet<>(seqs))) {
      long counted = counted(epoch, loss.getSeqFrom(), loss.getSeqTo(), loss.getSamples());
      removed += loss.getCounted() - counted;
      loss.setCounted(counted);
      loss.update();
    }
    return removed;
  }

  private List<LossesRecord> naming(EpochId epoch, NavigableSet<Long> seqs) {
    return dsl
        .selectFrom(LOSSES)
        .where(
            LOSSES.AGENT.eq(epoch.agent().value()),
            LOSSES.EPOCH.eq(epoch.epoch()),
            LOSSES.SEQ_FROM.le(seqs.last()),
            LOSSES.SEQ_TO.ge(seqs.first()),
            LOSSES.COUNTED.gt(0L))
        .fetch()
        .stream()
        .filter(loss -> !seqs.subSet(loss.getSeqFrom(), true, loss.getSeqTo(), true).isEmpty())
        .toList();
  }

  private long counted(EpochId epoch, long from, long to, long samples) {
    Condition inside =
        BATCH_LEDGER
            .AGENT
            .eq(epoch.agent().value())
            .and(BATCH_LEDGER.EPOCH.eq(epoch.epoch()))
            .and(BATCH_LEDGER.SEQ.between(from, to));
    var ledger =
        dsl.select(count(), coalesce(sum(BATCH_LEDGER.SAMPLES), BigDecimal.ZERO))
            .from(BATCH_LEDGER)
            .where(inside)
            .fetchSingle();
    boolean nothingLost = ledger.value1() == to - from + 1;
    // What headers say may add up to more than a long: an agent chooses it.
    BigDecimal left = BigDecimal.valueOf(samples).subtract(ledger.value2());
    return nothingLost || left.signum() < 0 ? 0 : left.longValueExact();
  }
}
