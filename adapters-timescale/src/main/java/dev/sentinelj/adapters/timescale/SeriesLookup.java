package dev.sentinelj.adapters.timescale;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.PartitionTransaction;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Sets and series in one transaction: first what this transaction found, then the catalog, then the
 * tables.
 */
final class SeriesLookup {
  private static final String SET = "SELECT bytes FROM series_sets WHERE agent = ? AND hash = ?";
  private static final String ADD_SET =
      "INSERT INTO series_sets (agent, hash, bytes) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
  private static final String SETS = "SELECT count(*) FROM series_sets WHERE agent = ?";
  private static final String IDS =
      "SELECT identity, id FROM series WHERE agent = ? AND identity = ANY(?::bytea[])";
  private static final String ADD_SERIES =
      """
      INSERT INTO series (agent, identity, name, type, unit, labels, label_order)
      SELECT ?, identity, name, type, unit, labels::jsonb, label_order
      FROM unnest(?::bytea[], ?::text[], ?::int2[], ?::text[], ?::text[], ?::text[])
        AS v(identity, name, type, unit, labels, label_order)
      ORDER BY identity ON CONFLICT (agent, identity) DO NOTHING
      RETURNING identity, id\
      """;

  private final SeriesCatalog catalog;
  private final Connection connection;
  private final Map<SeriesCatalog.Key, SeriesSet> sets = new HashMap<>();
  private final Map<SeriesCatalog.Key, long[]> ids = new HashMap<>();
  private final Map<AgentId, Long> counts = new HashMap<>();

  SeriesLookup(SeriesCatalog catalog, Connection connection) {
    this.catalog = catalog;
    this.connection = connection;
  }

  Optional<SeriesSet> known(AgentId agent, Sha256 hash) throws SQLException {
    SeriesCatalog.Key key = new SeriesCatalog.Key(agent, hash);
    SeriesSet own = sets.get(key);
    SeriesSet found = own == null ? catalog.definition(key) : own;
    return found == null ? select(key) : Optional.of(found);
  }

  /** False when the agent has as many sets as it may. */
  boolean add(AgentId agent, SeriesSet set) throws SQLException {
    SeriesCatalog.Key key = new SeriesCatalog.Key(agent, set.hash());
    if (known(agent, set.hash()).isPresent()) {
      return true;
    }
    Long before = counts.get(agent);
    long kept = before == null ? count(agent) : before;
    counts.put(agent, kept);
    if (kept >= PartitionTransaction.MAX_SETS) {
      return false;
    }
    try (PreparedStatement statement = connection.prepareStatement(ADD_SET)) {
      statement.setString(1, agent.value());
      statement.setBytes(2, set.hash().toBytes());
      statement.setBytes(3, set.toBytes());
      statement.executeUpdate();
    }
    sets.put(key, set);
    counts.put(agent, kept + 1);
    return true;
  }

  private long count(AgentId agent) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SETS)) {
      statement.setString(1, agent.value());
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  /** The array is shared: callers only read it. */
  long[] ids(AgentId agent, SeriesSet set) throws SQLException {
    SeriesCatalog.Key key = new SeriesCatalog.Key(agent, set.hash());
    long[] own = ids.get(key);
    long[] found = own == null ? catalog.ids(key) : own;
    if (found == null) {
      found = resolve(agent, set);
      ids.put(key, found);
    }
    return found;
  }

  /** Makes what was found visible to later transactions; called after COMMIT. */
  void publish() {
    catalog.publish(sets, ids);
  }

  private Optional<SeriesSet> select(SeriesCatalog.Key key) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SET)) {
      statement.setString(1, key.agent().value());
      statement.setBytes(2, key.set().toBytes());
      try (ResultSet rows = statement.executeQuery()) {
        if (!rows.next()) {
          return Optional.empty();
        }
        SeriesSet set = SeriesSet.parse(rows.getBytes(1));
        sets.put(key, set);
        return Optional.of(set);
      }
    }
  }

  private long[] resolve(AgentId agent, SeriesSet set) throws SQLException {
    Map<Sha256, Series> wanted = new LinkedHashMap<>();
    set.series().forEach(one -> wanted.put(identity(one), one));
    Map<Sha256, Long> found = selectIds(agent, wanted);
    if (found.size() < wanted.size()) {
      Map<Sha256, Series> missing = new LinkedHashMap<>(wanted);
      missing.keySet().removeAll(found.keySet());
      found.putAll(insert(agent, missing));
    }
    if (found.size() < wanted.size()) {
      // Somebody else entered some of them between the two statements; now they are visible.
      found.putAll(selectIds(agent, wanted));
    }
    return wanted.keySet().stream().mapToLong(found::get).toArray();
  }

  private static Sha256 identity(Series series) {
    return SeriesSet.of(List.of(series)).hash();
  }

  private Map<Sha256, Long> selectIds(AgentId agent, Map<Sha256, Series> wanted)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(IDS)) {
      new Params(connection, statement).text(agent.value()).bytes(identities(wanted));
      return read(statement);
    }
  }

  private Map<Sha256, Long> insert(AgentId agent, Map<Sha256, Series> missing) throws SQLException {
    List<Series> series = List.copyOf(missing.values());
    short[] types = new short[series.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = (short) series.get(i).type().code();
    }
    try (PreparedStatement statement = connection.prepareStatement(ADD_SERIES)) {
      new Params(connection, statement)
          .text(agent.value())
          .bytes(identities(missing))
          .texts(series.stream().map(Series::name).toArray(String[]::new))
          .shorts(types)
          .texts(series.stream().map(Series::unit).toArray(String[]::new))
          .texts(series.stream().map(one -> Labels.text(one.labels())).toArray(String[]::new))
          .texts(series.stream().map(one -> Labels.order(one.labels())).toArray(String[]::new));
      return read(statement);
    }
  }

  private static byte[][] identities(Map<Sha256, Series> series) {
    return series.keySet().stream().map(Sha256::toBytes).toArray(byte[][]::new);
  }

  private static Map<Sha256, Long> read(PreparedStatement statement) throws SQLException {
    Map<Sha256, Long> found = new HashMap<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        found.put(Sha256.fromBytes(rows.getBytes(1)), rows.getLong(2));
      }
    }
    return found;
  }
}
