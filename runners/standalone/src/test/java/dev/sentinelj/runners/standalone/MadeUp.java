package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.MetricSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A source whose values tell which reading they are of: series {@code n} has {@code n + k / 4} in
 * reading {@code k} of a run. So the database shows by itself whether one is missing, there twice,
 * or another than it was; nothing of ours has to say what it should have.
 */
final class MadeUp implements MetricSource {
  static final int SERIES = 50;

  /** Series by series in order of time: how many there are, and how many are not the next one. */
  private static final String VALUES =
      """
      SELECT run, n, count(*), count(*) FILTER (WHERE value <> n + k / 4.0) FROM (
        SELECT r.labels ->> 'run' AS run, (r.labels ->> 'n')::integer AS n, s.value,
               row_number() OVER (PARTITION BY r.id ORDER BY s.time) - 1 AS k
        FROM series r JOIN samples s ON s.series_id = r.id
        WHERE r.agent = ? AND r.name = 'load') AS numbered
      GROUP BY run, n ORDER BY run, n\
      """;

  private final SeriesSet set;
  private boolean stopped;
  private long readings;
  private long lastMillis;

  /**
   * @param run tells series from those of another source of the same agent
   */
  MadeUp(String run) {
    this.set = SeriesSet.of(IntStream.range(0, SERIES).mapToObj(n -> series(run, n)).toList());
  }

  private static Series series(String run, int n) {
    return Series.gauge("load", "1", Map.of("run", run, "n", "%02d".formatted(n)));
  }

  @Override
  public String name() {
    return "made-up";
  }

  @Override
  public synchronized Reading read(long nowMillis) {
    if (stopped) {
      throw new IllegalStateException("there is nothing to read any more");
    }
    lastMillis = Math.max(nowMillis, lastMillis + 1); // late readings may share a millisecond
    Columns.Builder columns = new Columns.Builder(SERIES, lastMillis);
    for (int n = 0; n < SERIES; n++) {
      columns.set(n, 0, n + readings / 4.0);
    }
    readings++;
    return new Reading(set, columns.build());
  }

  /** How many readings there were; there will be no other. */
  synchronized long stop() {
    stopped = true;
    return readings;
  }

  /**
   * Of each run of an agent the readings from the first one on, each value once.
   *
   * @return how many readings are there, by run
   */
  static Map<String, Long> assertStored(Connection connection, AgentId agent) throws SQLException {
    Map<String, Long> readings = new TreeMap<>();
    try (PreparedStatement question = connection.prepareStatement(VALUES)) {
      question.setString(1, agent.value());
      try (ResultSet rows = question.executeQuery()) {
        for (int i = 0; rows.next(); i++) {
          String what = "series " + rows.getInt("n") + " of run " + rows.getString("run");
          assertThat(rows.getInt("n")).as(what).isEqualTo(i % SERIES);
          assertThat(rows.getLong(4)).as("strange values in " + what).isZero();
          long there = readings.computeIfAbsent(rows.getString("run"), _ -> count(rows));
          assertThat(count(rows)).as("values of " + what).isEqualTo(there);
        }
      }
    }
    assertThat(readings).as("runs of %s", agent).isNotEmpty();
    return readings;
  }

  private static long count(ResultSet rows) {
    try {
      return rows.getLong(3);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
