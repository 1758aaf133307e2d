package dev.sentinelj.auditor;

import dev.sentinelj.auditor.EpochFacts.Elsewhere;
import dev.sentinelj.auditor.EpochFacts.EpochKey;
import dev.sentinelj.auditor.EpochFacts.Ledger;
import dev.sentinelj.auditor.EpochFacts.Link;
import dev.sentinelj.auditor.EpochFacts.Loss;
import dev.sentinelj.auditor.EpochFacts.Move;
import dev.sentinelj.auditor.EpochFacts.Progress;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the facts of every epoch in scope from the raw tables. The ledger is walked by the
 * database: only rows that do not follow smoothly on the one before come over.
 */
final class FactsReader {
  private static final String PROGRESS =
      """
      SELECT agent, epoch, collected, stored, quarantined, lost, overflow, moved, closed, forked, torn, through, ranges
      FROM agent_progress WHERE true{scope} ORDER BY agent, ordinal DESC\
      """;

  /** Rows of the ledger inside torn ranges; few, so that they are looked up, not joined. */
  private static final String TORN =
      """
      WITH torn AS MATERIALIZED (
        SELECT DISTINCT l.agent, l.epoch, l.seq
        FROM (SELECT agent, epoch, seq_from, seq_to FROM losses WHERE reason = 'torn'{scope}) t
        CROSS JOIN LATERAL (
          SELECT agent, epoch, seq FROM batch_ledger b
          WHERE b.agent = t.agent AND b.epoch = t.epoch AND b.seq BETWEEN t.seq_from AND t.seq_to) l)
      """;

  private static final String LEDGER =
      TORN
          + """
          SELECT l.agent, l.epoch, count(*), sum(l.samples),
            coalesce(sum(l.samples) FILTER (WHERE t.seq IS NOT NULL), 0),
            coalesce(sum(l.samples) FILTER (WHERE t.seq IS NULL AND l.sample_to IS NULL), 0),
            coalesce(max(l.sample_to) FILTER (WHERE t.seq IS NULL), 0),
            max(l.seq), (extract(epoch FROM min(l.committed_at)) * 1000)::bigint
          FROM (SELECT * FROM batch_ledger WHERE true{scope}) l LEFT JOIN torn t USING (agent, epoch, seq)
          GROUP BY l.agent, l.epoch\
          """;
  private static final String LINKS =
      TORN
          + """
          , chain AS (
            SELECT agent, epoch, seq, l.samples, l.sample_to,
              lag(seq, 1, 0::bigint) OVER w AS before,
              lag(l.sample_to, 1, 0::bigint) OVER w AS before_to,
              sum(CASE WHEN l.sample_to IS NULL THEN l.samples ELSE 0 END) OVER (w ROWS UNBOUNDED PRECEDING)
                AS unchained
            FROM (SELECT * FROM batch_ledger WHERE true{scope}) l LEFT JOIN torn t USING (agent, epoch, seq)
            WHERE t.seq IS NULL
            WINDOW w AS (PARTITION BY agent, epoch ORDER BY seq))
          SELECT agent, epoch, seq, samples, sample_to, before, before_to, unchained FROM chain
          WHERE seq <> before + 1 OR sample_to - samples IS DISTINCT FROM before_to
          ORDER BY agent, epoch, seq\
          """;
  private static final String LOSSES =
      """
      SELECT agent, epoch, seq_from, seq_to, counted FROM losses WHERE true{scope}\
      """;
  private static final String QUARANTINE =
      """
      SELECT agent, epoch, sum(samples) FROM quarantine
      WHERE agent IS NOT NULL AND epoch IS NOT NULL AND samples > 0 AND replayed_at IS NULL{scope}
      GROUP BY agent, epoch\
      """;
  private static final String PARKED =
      """
      SELECT agent, epoch, count(DISTINCT seq) FROM parked WHERE true{scope} GROUP BY agent, epoch\
      """;
  private static final String MOVES =
      """
      SELECT m.agent, m.epoch, m.new_epoch, m.last_seq, m.moved, m.difference,
        CASE WHEN cardinality(p.ranges) > 0 OR p.closed OR p.forked THEN 'COMING'
          WHEN EXISTS (SELECT FROM losses l WHERE l.agent = m.agent AND l.epoch = m.new_epoch AND l.reason <> 'torn')
          THEN 'LOSSY' ELSE 'WHOLE' END
      FROM (SELECT * FROM epoch_moves WHERE true{scope}) m
      LEFT JOIN agent_progress p ON p.agent = m.agent AND p.epoch = m.new_epoch
      ORDER BY m.agent, m.epoch, m.new_epoch\
      """;
  private static final String COPIED =
      """
      SELECT agent, epoch, min(seq), max(seq) FROM (
        SELECT agent, epoch, seq, seq - dense_rank() OVER (PARTITION BY agent, epoch ORDER BY seq) AS island
        FROM batch_origins WHERE true{scope}) o
      GROUP BY agent, epoch, island\
      """;

  private final Connection connection;
  private final Scope scope;
  private final Map<EpochKey, EpochFacts> facts = new LinkedHashMap<>();

  private FactsReader(Connection connection, Scope scope) {
    this.connection = connection;
    this.scope = scope;
  }

  /** By agent, the epoch that was heard of last first; those without progress come last. */
  static Collection<EpochFacts> read(Connection connection, Scope scope) throws SQLException {
    FactsReader reader = new FactsReader(connection, scope);
    reader.each(PROGRESS, (epoch, row) -> epoch.progress = progress(row));
    reader.each(LEDGER, (epoch, row) -> epoch.ledger = ledger(row));
    reader.each(LINKS, (epoch, row) -> epoch.links.add(link(row)));
    reader.each(
        LOSSES,
        (epoch, row) ->
            epoch.losses.add(
                new Loss(new SeqSpan(row.getLong(3), row.getLong(4)), row.getLong(5))));
    reader.each(QUARANTINE, (epoch, row) -> epoch.quarantined = sum(row, 3));
    reader.each(PARKED, (epoch, row) -> epoch.parked = row.getLong(3));
    reader.each(
        MOVES,
        (epoch, row) ->
            epoch.moves.add(
                new Move(
                    row.getLong(3),
                    row.getLong(4),
                    row.getLong(5),
                    row.getLong(6),
                    Elsewhere.valueOf(row.getString(7)))));
    reader.each(
        COPIED, (epoch, row) -> epoch.copied.add(new SeqSpan(row.getLong(3), row.getLong(4))));
    return reader.facts.values();
  }

  @FunctionalInterface
  private interface RowTaker {
    void take(EpochFacts epoch, ResultSet row) throws SQLException;
  }

  private void each(String sql, RowTaker taker) throws SQLException {
    try (PreparedStatement statement = scope.prepare(connection, sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        EpochKey key = new EpochKey(rows.getString(1), rows.getLong(2));
        taker.take(facts.computeIfAbsent(key, EpochFacts::new), rows);
      }
    }
  }

  private static Progress progress(ResultSet row) throws SQLException {
    return new Progress(
        row.getLong(3),
        row.getLong(4),
        row.getLong(5),
        row.getLong(6),
        row.getLong(7),
        row.getLong(8),
        row.getBoolean(9),
        row.getBoolean(10),
        row.getLong(11),
        committed(row.getLong(12), (Long[]) row.getArray(13).getArray()));
  }

  private static List<SeqSpan> committed(long through, Long... ranges) {
    List<SeqSpan> spans = new ArrayList<>();
    if (through > 0) {
      spans.add(new SeqSpan(1, through));
    }
    for (int i = 0; i + 1 < ranges.length; i += 2) {
      spans.add(new SeqSpan(ranges[i], ranges[i + 1]));
    }
    return SeqSpan.set(spans);
  }

  private static Ledger ledger(ResultSet row) throws SQLException {
    return new Ledger(
        row.getLong(3),
        sum(row, 4),
        sum(row, 5),
        sum(row, 6),
        row.getLong(7),
        row.getLong(8),
        row.getLong(9));
  }

  private static Link link(ResultSet row) throws SQLException {
    return new Link(
        row.getLong(3), row.getLong(4), known(row, 5), row.getLong(6), known(row, 7), sum(row, 8));
  }

  private static @Nullable Long known(ResultSet row, int column) throws SQLException {
    long value = row.getLong(column);
    return row.wasNull() ? null : value;
  }

  /** What an agent claims may add up to more than a long: it is then the greatest there is. */
  private static long sum(ResultSet row, int column) throws SQLException {
    BigDecimal sum = row.getBigDecimal(column);
    return sum.min(BigDecimal.valueOf(Long.MAX_VALUE))
        .max(BigDecimal.valueOf(Long.MIN_VALUE))
        .longValueExact();
  }
}
