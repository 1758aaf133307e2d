package dev.sentinelj.auditor;

import dev.sentinelj.auditor.Audit.Recount;
import dev.sentinelj.auditor.Finding.Kind;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Counts the rows of {@code samples}, day by day. Each day is counted in a transaction of its own
 * on the snapshot of the audit, so that its table is held for as long as its count takes and no
 * retention waits for the rest.
 */
final class SampleCount {
  /** How long samples are kept. */
  static final long RETENTION_DAYS = 90;

  private static final String UNKNOWN_TABLE = "42P01";

  private final DatabaseAddress address;
  private final Patience patience;
  private final Connection snapshot;
  private final Consumer<String> progress;
  private final Map<Long, String> agents = new HashMap<>();
  private final Map<String, Long> counted = new HashMap<>();

  SampleCount(
      DatabaseAddress address, Patience patience, Connection snapshot, Consumer<String> progress) {
    this.address = address;
    this.patience = patience;
    this.snapshot = snapshot;
    this.progress = progress;
  }

  /** One recount for each agent of {@code facts}. */
  List<Recount> compare(Collection<EpochFacts> facts, long nowMillis) throws SQLException {
    Map<String, Long> stored = new TreeMap<>();
    Map<String, Long> since = new HashMap<>();
    for (EpochFacts epoch : facts) {
      stored.merge(epoch.key.agent(), epoch.progress.stored(), Long::sum);
      if (epoch.ledger.batches() > 0) {
        since.merge(epoch.key.agent(), epoch.ledger.firstMillis(), Math::min);
      }
    }
    long kept = nowMillis - TimeUnit.DAYS.toMillis(RETENTION_DAYS);
    readSeries();
    countDays();
    List<Recount> recounts = new ArrayList<>();
    stored.forEach((agent, wanted) ->
        recounts.add(judge(agent, wanted, since.getOrDefault(agent, nowMillis) < kept)));
    return recounts;
  }

  private Recount judge(String agent, long stored, boolean older) {
    long there = counted.getOrDefault(agent, 0L);
    if (there == stored) {
      return new Recount(agent, stored, there, Optional.empty());
    }
    String text = agent + " has " + there + " rows of samples, and " + stored + " count as stored";
    Finding finding =
        there < stored && older
            ? Finding.remark(
                Kind.RECOUNT,
                stored - there,
                text
                    + "; it reports for longer than "
                    + RETENTION_DAYS
                    + " days, and what is older than that is gone and cannot be counted")
            : Finding.fault(Kind.RECOUNT, stored - there, text);
    return new Recount(agent, stored, there, Optional.of(finding));
  }

  private void readSeries() throws SQLException {
    try (Statement statement = snapshot.createStatement()) {
      statement.setFetchSize(10_000);
      try (ResultSet rows = statement.executeQuery("SELECT id, agent FROM series")) {
        while (rows.next()) {
          agents.put(rows.getLong(1), rows.getString(2));
        }
      }
    }
  }

  private void countDays() throws SQLException {
    String id = one("SELECT pg_export_snapshot()");
    List<String> days = days();
    try (Connection other = address.connect(patience);
        Statement statement = other.createStatement()) {
      for (int i = 0; i < days.size(); i++) {
        progress.accept("counting samples: day " + (i + 1) + " of " + days.size());
        other.rollback();
        statement.execute("SET TRANSACTION SNAPSHOT '" + id + "'");
        count(other, days.get(i));
      }
      other.rollback();
    }
  }

  /** The tables that hold the days, or the one that holds everything. */
  private List<String> days() throws SQLException {
    List<String> tables = new ArrayList<>();
    try (Statement statement = snapshot.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT inhrelid::regclass::text FROM pg_inherits"
                    + " WHERE inhparent = 'samples'::regclass ORDER BY 1")) {
      while (rows.next()) {
        tables.add(rows.getString(1));
      }
    }
    return tables.isEmpty() ? List.of("samples") : tables;
  }

  private void count(Connection connection, String table) throws SQLException {
    String sql = "SELECT series_id, count(*) FROM " + table + " GROUP BY series_id";
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        counted.merge(agents.getOrDefault(rows.getLong(1), ""), rows.getLong(2), Long::sum);
      }
    } catch (SQLException e) {
      if (!UNKNOWN_TABLE.equals(e.getSQLState())) { // retention was faster
        throw e;
      }
    }
  }

  private String one(String sql) throws SQLException {
    try (Statement statement = snapshot.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
