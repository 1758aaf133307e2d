package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.LOSSES;

import dev.sentinelj.adapters.timescale.jooq.tables.records.LossesRecord;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.progress.Counts;
import dev.sentinelj.core.progress.LostArea;
import dev.sentinelj.core.progress.SeqRanges;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.jooq.Condition;
import org.jooq.DSLContext;

/**
 * Rows of {@code losses}, one per entry of a loss record. What counts as lost is what the entry
 * says, less the samples of those of its seqs that the ledger has, less what narrower losses within
 * it answer for.
 */
final class LossRows {
  private final DSLContext dsl;
  private final Ledger ledger;

  LossRows(DSLContext dsl, Ledger ledger) {
    this.dsl = dsl;
    this.ledger = ledger;
  }

  long add(EpochId epoch, LossRecord record) throws SQLException {
    long forgotten = forgetVanished(epoch);
    return Counts.minus(enter(epoch, record.entries()), forgotten);
  }

  /**
   * @return the samples that count as lost after this and did not before
   */
  long enter(EpochId epoch, List<LossRecord.Entry> entries) throws SQLException {
    long added = 0;
    for (LossRecord.Entry entry : entries) {
      int entered =
          dsl.insertInto(LOSSES)
              .set(LOSSES.AGENT, epoch.agent().value())
              .set(LOSSES.EPOCH, epoch.epoch())
              .set(LOSSES.SEQ_FROM, entry.from())
              .set(LOSSES.SEQ_TO, entry.to())
              .set(LOSSES.SAMPLES, entry.samples())
              .set(LOSSES.COUNTED, 0L)
              .set(LOSSES.REASON, entry.reason().word())
              .onConflictDoNothing()
              .execute();
      if (entered == 1) {
        added = Counts.plus(added, recount(epoch, entry, 0));
      }
    }
    return added;
  }

  long remove(EpochId epoch, Collection<Long> seqs) throws SQLException {
    long removed = 0;
    for (long seq : seqs) {
      removed = Counts.minus(removed, recountNarrowest(epoch, names(seq).and(counts())));
    }
    return removed;
  }

  /** What the losses count that lie within the seqs of a log and apart from what it moved. */
  long counted(EpochId epoch, MovedRecord record) {
    SeqRanges moved = new SeqRanges();
    record.moved().forEach(one -> moved.add(one.from(), one.to()));
    return Counts.sum(
        dsl
            .selectFrom(LOSSES)
            .where(of(epoch), LOSSES.SEQ_TO.le(record.lastSeq()), LOSSES.COUNTED.gt(0L))
            .fetch()
            .stream()
            .filter(loss -> !moved.meets(loss.getSeqFrom(), loss.getSeqTo()))
            .mapToLong(LossesRecord::getCounted));
  }

  /**
   * The store found these out by itself and finds them out anew.
   *
   * @return the samples that no longer count as lost
   */
  long forgetVanished(EpochId epoch) throws SQLException {
    long removed = 0;
    for (LossesRecord loss :
        dsl.deleteFrom(LOSSES)
            .where(of(epoch), LOSSES.REASON.eq(LossReason.VANISHED.word()))
            .returning()
            .fetch()) {
      long change = Counts.minus(loss.getCounted(), recountAround(epoch, entry(loss)));
      removed = Counts.plus(removed, change);
    }
    return removed;
  }

  List<LossRecord.Entry> entries(EpochId epoch) {
    return dsl.selectFrom(LOSSES).where(of(epoch)).fetch().map(LossRows::entry);
  }

  /** The seqs of torn losses. */
  SeqRanges torn(EpochId epoch) {
    SeqRanges torn = new SeqRanges();
    dsl.selectFrom(LOSSES)
        .where(of(epoch), LOSSES.REASON.eq(LossReason.TORN.word()))
        .forEach(loss -> torn.add(loss.getSeqFrom(), loss.getSeqTo()));
    return torn;
  }

  /** Around a loss that counts nothing, before or now, the next wider one answers for its seqs. */
  private long recount(EpochId epoch, LossRecord.Entry entry, long before) throws SQLException {
    long now = counted(epoch, entry);
    if (now != before) {
      dsl.update(LOSSES)
          .set(LOSSES.COUNTED, now)
          .where(of(epoch), LOSSES.SEQ_FROM.eq(entry.from()), LOSSES.SEQ_TO.eq(entry.to()))
          .execute();
    }
    boolean passedOn = now == 0 || before == 0;
    return Counts.plus(now - before, passedOn ? recountAround(epoch, entry) : 0);
  }

  private long recountAround(EpochId epoch, LossRecord.Entry entry) throws SQLException {
    Condition around =
        LOSSES.SEQ_FROM.le(entry.from()).and(LOSSES.SEQ_TO.ge(entry.to())).and(not(entry));
    return recountNarrowest(epoch, around);
  }

  private long recountNarrowest(EpochId epoch, Condition which) throws SQLException {
    long change = 0;
    List<LossesRecord> found = dsl.selectFrom(LOSSES).where(of(epoch), which).fetch();
    List<LossRecord.Entry> entries = found.stream().map(LossRows::entry).toList();
    for (LossRecord.Entry one : LostArea.narrowest(entries)) {
      long before = found.get(entries.indexOf(one)).getCounted();
      change = Counts.plus(change, recount(epoch, one, before));
    }
    return change;
  }

  private long counted(EpochId epoch, LossRecord.Entry entry) throws SQLException {
    List<LossRecord.Entry> inside =
        dsl
            .selectFrom(LOSSES)
            .where(
                of(epoch),
                LOSSES.SEQ_FROM.ge(entry.from()),
                LOSSES.SEQ_TO.le(entry.to()),
                not(entry),
                counts())
            .fetch()
            .stream()
            .map(LossRows::entry)
            .toList();
    LostArea area = LostArea.of(entry, inside);
    Ledger.Rows rows = ledger.within(epoch, area.ranges());
    return area.counted(rows.count(), rows.samples());
  }

  private static LossRecord.Entry entry(LossesRecord row) {
    return new LossRecord.Entry(
        row.getSeqFrom(),
        row.getSeqTo(),
        row.getSamples(),
        LossReason.valueOf(row.getReason().toUpperCase(Locale.ROOT)));
  }

  private static Condition of(EpochId epoch) {
    return LOSSES.AGENT.eq(epoch.agent().value()).and(LOSSES.EPOCH.eq(epoch.epoch()));
  }

  private static Condition names(long seq) {
    return LOSSES.SEQ_FROM.le(seq).and(LOSSES.SEQ_TO.ge(seq));
  }

  private static Condition not(LossRecord.Entry entry) {
    return LOSSES.SEQ_FROM.ne(entry.from()).or(LOSSES.SEQ_TO.ne(entry.to()));
  }

  private static Condition counts() {
    return LOSSES.COUNTED.gt(0L).or(LOSSES.REASON.eq(LossReason.TORN.word()));
  }
}
