package dev.sentinelj.adapters.timescale;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionStore.BatchTry;
import dev.sentinelj.ports.driven.PartitionStore.LaneState;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionStore.LeaseAnswer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code partition_leases}. Times are the server's clock, never that of the transaction,
 * which may have waited. The token alone decides whether a transaction may commit: an expired lease
 * that nobody took is still ours.
 *
 * <p>A lease ends with its connection. The next one may lead to a restored database, or to a
 * replica that took over behind its primary: it has the token all the same, but not what the owner
 * remembers of the partition, and its row names another backend than the one to end at a take-over.
 * One owner.
 */
final class Leases {
  private static final String CREATE =
      """
      WITH lanes AS (
        INSERT INTO bus_positions (partition, lane) VALUES (?, 0), (?, 1) ON CONFLICT DO NOTHING)
      INSERT INTO partition_leases (partition, owner, token, expires_at)
      VALUES (?, '', 0, '-infinity') ON CONFLICT DO NOTHING\
      """;
  private static final String READ =
      """
      SELECT owner, token, expires_at > clock_timestamp(), backend_pid, backend_start
      FROM partition_leases WHERE partition = ?\
      """;
  private static final String SET =
      """
      UPDATE partition_leases SET owner = ?, token = ?,
        expires_at = clock_timestamp() + ? * interval '1 millisecond', backend_pid = pg_backend_pid(),
        backend_start = (SELECT backend_start FROM pg_stat_activity WHERE pid = pg_backend_pid())
      WHERE partition = ? AND token = ?\
      """;
  private static final String EXTEND =
      """
      UPDATE partition_leases SET expires_at = clock_timestamp() + ? * interval '1 millisecond'
      WHERE partition = ? AND token = ?\
      """;
  private static final String RELEASE =
      """
      UPDATE partition_leases SET token = 0, expires_at = '-infinity', backend_pid = NULL, backend_start = NULL
      WHERE partition = ? AND token = ?\
      """;
  private static final String HOLDS =
      """
      SELECT i.identity::text || '/' || i.restore_generation
      FROM partition_leases l CROSS JOIN installation i
      WHERE l.partition = ? AND l.token = ? FOR SHARE OF l\
      """;
  private static final String POSITIONS =
      "SELECT lane, generation, sequence, stamp_ms FROM bus_positions WHERE partition = ?";

  private static final String BEGIN =
      """
      UPDATE bus_positions SET begun = begun + 1
      WHERE partition = ? AND EXISTS (SELECT FROM partition_leases WHERE partition = ? AND token = ?)
      RETURNING lane, generation, sequence, stamp_ms, begun,
        try_generation, try_sequence, try_stamp_ms, try_index, tries\
      """;
  private static final String NOTE_TRY =
      """
      UPDATE bus_positions SET try_generation = ?, try_sequence = ?, try_stamp_ms = ?, try_index = ?, tries = ?
      WHERE partition = ? AND lane = ?
        AND EXISTS (SELECT FROM partition_leases WHERE partition = ? AND token = ?)\
      """;

  private final RandomGenerator random;
  private final Map<Integer, Long> tokens = new HashMap<>();
  private @Nullable String database;
  private final Set<Long> ended = new HashSet<>();

  Leases(RandomGenerator random) {
    this.random = random;
  }

  private record Row(
      String owner, long token, boolean running, StrandConnection.@Nullable Backend backend) {}

  LeaseAnswer take(Connection connection, int partition, String owner, Optional<Lease> held)
      throws SQLException {
    if (held.filter(lease -> !ended.contains(lease.token())).isPresent()
        && set(connection, held.get(), held.get().token())) {
      return new LeaseAnswer.Granted(held.get());
    }
    Row row = row(connection, partition);
    if (row == null) {
      create(connection, partition);
      row = new Row("", 0, false, null);
    }
    if (row.running() && !row.owner().equals(owner)) {
      return new LeaseAnswer.Held(row.owner());
    }
    if (row.backend() != null && row.token() != 0) {
      endFormer(connection, row.backend());
    }
    Lease fresh = new Lease(partition, owner, freshToken());
    if (set(connection, fresh, row.token())) {
      Long former = tokens.put(partition, fresh.token());
      ended.remove(former);
      return new LeaseAnswer.Granted(fresh);
    }
    Row winner = row(connection, partition);
    return new LeaseAnswer.Held(winner == null ? "" : winner.owner());
  }

  /** Makes the lease last {@code millis} from now, if it is still ours. */
  static void extend(Connection connection, Lease lease, long millis) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(EXTEND)) {
      statement.setLong(1, millis);
      statement.setInt(2, lease.partition());
      statement.setLong(3, lease.token());
      statement.executeUpdate();
    }
  }

  /** The connection that leases were taken on is gone. */
  void connectionLost() {
    ended.addAll(tokens.values());
  }

  void release(Connection connection, Lease lease) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(RELEASE)) {
      statement.setInt(1, lease.partition());
      statement.setLong(2, lease.token());
      statement.executeUpdate();
    }
  }

  /** Whether the lease is still ours; then nobody can take it before this transaction ends. */
  boolean holds(Connection connection, Lease lease) throws SQLException {
    if (ended.contains(lease.token())) {
      return false;
    }
    try (PreparedStatement statement = connection.prepareStatement(HOLDS)) {
      statement.setInt(1, lease.partition());
      statement.setLong(2, lease.token());
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() && isSameDatabase(rows.getString(1));
      }
    }
  }

  /**
   * A database that was restored under an open connection is another one: what its owner remembers
   * of it counts no more, and every lease taken before is over.
   */
  private boolean isSameDatabase(String identity) {
    String before = database;
    database = identity;
    boolean same = before == null || before.equals(identity);
    if (!same) {
      connectionLost();
    }
    return same;
  }

  Map<Lane, LaneState> begin(Connection connection, Lease lease) throws SQLException {
    Map<Lane, LaneState> states = new EnumMap<>(Lane.class);
    try (PreparedStatement statement = connection.prepareStatement(BEGIN)) {
      statement.setInt(1, lease.partition());
      statement.setInt(2, lease.partition());
      statement.setLong(3, lease.token());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          BusPosition at = new BusPosition(rows.getLong(2), rows.getLong(3), rows.getLong(4));
          states.put(Lane.ofCode(rows.getInt(1)), new LaneState(at, rows.getInt(5), lastTry(rows)));
        }
      }
    }
    check(lease, !states.isEmpty());
    return states;
  }

  private static Optional<BatchTry> lastTry(ResultSet rows) throws SQLException {
    int index = rows.getInt(9);
    if (rows.wasNull()) {
      return Optional.empty();
    }
    BusPosition message = new BusPosition(rows.getLong(6), rows.getLong(7), rows.getLong(8));
    return Optional.of(new BatchTry(message, index, rows.getInt(10)));
  }

  void noteTry(Connection connection, Lease lease, Lane lane, BatchTry next) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(NOTE_TRY)) {
      statement.setLong(1, next.message().generation());
      statement.setLong(2, next.message().sequence());
      statement.setLong(3, next.message().stampMillis());
      statement.setInt(4, next.index());
      statement.setInt(5, next.tries());
      statement.setInt(6, lease.partition());
      statement.setInt(7, lane.code());
      statement.setInt(8, lease.partition());
      statement.setLong(9, lease.token());
      check(lease, statement.executeUpdate() == 1);
    }
  }

  private void check(Lease lease, boolean held) {
    if (!held || ended.contains(lease.token())) {
      throw new PortUnavailableException("the lease on " + lease.partition() + " is gone");
    }
  }

  static Map<Lane, BusPosition> positions(Connection connection, int partition)
      throws SQLException {
    Map<Lane, BusPosition> positions = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      positions.put(lane, BusPosition.START);
    }
    try (PreparedStatement statement = connection.prepareStatement(POSITIONS)) {
      statement.setInt(1, partition);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          positions.put(
              Lane.ofCode(rows.getInt(1)),
              new BusPosition(rows.getLong(2), rows.getLong(3), rows.getLong(4)));
        }
      }
    }
    return positions;
  }

  /** A worker frozen inside a statement holds its locks past every time-out of the server. */
  private static void endFormer(Connection connection, StrandConnection.Backend backend)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("SELECT pg_backend_pid()");
        ResultSet rows = statement.executeQuery()) {
      rows.next();
      if (rows.getInt(1) == backend.pid()) {
        return;
      }
    }
    StrandConnection.terminate(connection, backend);
  }

  private static boolean set(Connection connection, Lease lease, long expected)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(SET)) {
      statement.setString(1, lease.owner());
      statement.setLong(2, lease.token());
      statement.setLong(3, PartitionStore.LEASE_MILLIS);
      statement.setInt(4, lease.partition());
      statement.setLong(5, expected);
      return statement.executeUpdate() == 1;
    }
  }

  private static void create(Connection connection, int partition) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CREATE)) {
      statement.setInt(1, partition);
      statement.setInt(2, partition);
      statement.setInt(3, partition);
      statement.executeUpdate();
    }
  }

  private static @Nullable Row row(Connection connection, int partition) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ)) {
      statement.setInt(1, partition);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next()
            ? new Row(rows.getString(1), rows.getLong(2), rows.getBoolean(3), backend(rows))
            : null;
      }
    }
  }

  private static StrandConnection.@Nullable Backend backend(ResultSet rows) throws SQLException {
    int pid = rows.getInt(4);
    return rows.wasNull()
        ? null
        : new StrandConnection.Backend(pid, rows.getObject(5, OffsetDateTime.class));
  }

  private long freshToken() {
    long token = random.nextLong();
    return token == 0 ? 1 : token;
  }
}
