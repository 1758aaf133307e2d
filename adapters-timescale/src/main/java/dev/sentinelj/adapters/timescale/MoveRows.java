package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.EPOCH_MOVES;

import dev.sentinelj.adapters.timescale.jooq.tables.records.EpochMovesRecord;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.progress.Counts;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.progress.VanishedSeqs;
import dev.sentinelj.ports.driven.PartitionTransaction.Collected;
import dev.sentinelj.ports.driven.PartitionTransaction.Settlement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import org.jooq.Condition;
import org.jooq.DSLContext;

/** What agents counted in an epoch: rows of {@code epoch_moves}, and counts over the ledger. */
final class MoveRows {
  /**
   * The count runs on from seq to seq, so the newest row has the greatest; rows from before the
   * column was know none.
   */
  private static final String GREATEST =
      """
      SELECT sample_to FROM batch_ledger
      WHERE agent = ? AND epoch = ? AND seq BETWEEN ? AND ? AND sample_to IS NOT NULL
      ORDER BY seq DESC LIMIT 1\
      """;

  private final DSLContext dsl;
  private final Connection connection;
  private final Ledger ledger;
  private final LossRows losses;

  MoveRows(DSLContext dsl, Connection connection, Ledger ledger, LossRows losses) {
    this.dsl = dsl;
    this.connection = connection;
    this.ledger = ledger;
    this.losses = losses;
  }

  Settlement add(EpochId closed, EpochId into, MovedRecord record) throws SQLException {
    boolean known =
        dsl.fetchExists(EPOCH_MOVES, of(closed), EPOCH_MOVES.NEW_EPOCH.eq(into.epoch()));
    if (!known) {
      dsl.insertInto(EPOCH_MOVES)
          .set(EPOCH_MOVES.AGENT, closed.agent().value())
          .set(EPOCH_MOVES.EPOCH, closed.epoch())
          .set(EPOCH_MOVES.NEW_EPOCH, into.epoch())
          .set(EPOCH_MOVES.LAST_SEQ, record.lastSeq())
          .set(EPOCH_MOVES.SAMPLES, record.samples())
          .set(EPOCH_MOVES.MOVED, record.movedSamples())
          .set(EPOCH_MOVES.DIFFERENCE, 0L)
          .set(EPOCH_MOVES.RECORD, record.toBytes())
          .execute();
    }
    return settled(closed, words(closed), known ? 0 : record.movedSamples());
  }

  Optional<Settlement> settlement(EpochId closed) throws SQLException {
    List<EpochMovesRecord> words = words(closed);
    return words.isEmpty() ? Optional.empty() : Optional.of(settled(closed, words, 0));
  }

  private List<EpochMovesRecord> words(EpochId closed) {
    return dsl.selectFrom(EPOCH_MOVES).where(of(closed)).fetch();
  }

  private Settlement settled(EpochId closed, List<EpochMovesRecord> rows, long moved)
      throws SQLException {
    long forgotten = losses.forgetVanished(closed);
    List<VanishedSeqs.Word> words = new ArrayList<>();
    for (EpochMovesRecord row : rows) {
      MovedRecord record = MovedRecord.parse(row.getRecord());
      words.add(new VanishedSeqs.Word(record, difference(closed, record)));
    }
    List<LossRecord.Entry> vanished =
        VanishedSeqs.of(words, SeqRanges.of(ledger.seqs(closed)), losses.entries(closed));
    long lost = Counts.minus(losses.enter(closed, vanished), forgotten);
    return new Settlement(moved, lost, vanished, left(closed, rows));
  }

  /** What is still unexplained, noted for every word and added up. */
  private long left(EpochId closed, List<EpochMovesRecord> rows) throws SQLException {
    long sum = 0;
    for (EpochMovesRecord row : rows) {
      long now = difference(closed, MovedRecord.parse(row.getRecord()));
      if (now != row.getDifference()) {
        row.setDifference(now);
        row.update();
      }
      sum = Counts.plus(sum, now);
    }
    return sum;
  }

  Collected collected(EpochId epoch) throws SQLException {
    SeqRanges torn = losses.torn(epoch);
    long inTorn = torn.isEmpty() ? 0 : ledger.within(epoch, torn.toList()).samples();
    return new Collected(greatest(epoch, torn.gaps(1, Long.MAX_VALUE)), inTorn);
  }

  private long difference(EpochId closed, MovedRecord record) throws SQLException {
    SeqRanges apart = new SeqRanges();
    record.moved().forEach(one -> apart.add(one.from(), one.to()));
    long rows =
        record.lastSeq() == 0
            ? 0
            : ledger.within(closed, apart.gaps(1, record.lastSeq())).samples();
    long explained =
        Counts.sum(LongStream.of(rows, losses.counted(closed, record), record.movedSamples()));
    return Counts.minus(record.samples(), explained);
  }

  private long greatest(EpochId epoch, List<SeqRanges.Range> ranges) throws SQLException {
    for (SeqRanges.Range range : ranges.reversed()) {
      try (PreparedStatement statement = connection.prepareStatement(GREATEST)) {
        new Params(connection, statement)
            .text(epoch.agent().value())
            .number(epoch.epoch())
            .number(range.from())
            .number(range.to());
        try (ResultSet rows = statement.executeQuery()) {
          if (rows.next()) {
            return rows.getLong(1);
          }
        }
      }
    }
    return 0;
  }

  private static Condition of(EpochId closed) {
    return EPOCH_MOVES.AGENT.eq(closed.agent().value()).and(EPOCH_MOVES.EPOCH.eq(closed.epoch()));
  }
}
