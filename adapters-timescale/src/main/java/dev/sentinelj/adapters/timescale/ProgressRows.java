package dev.sentinelj.adapters.timescale;

import dev.sentinelj.adapters.timescale.jooq.tables.records.AgentProgressRecord;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Rows of {@code agent_progress}, locked in key order and written back all at once. */
final class ProgressRows {
  private static final String LOCK =
      """
      SELECT p.agent, p.epoch, p.through, p.ranges, p.collected, p.stored, p.quarantined, p.lost, p.overflow,
        p.closed, p.forked, p.moved, p.torn
      FROM agent_progress p JOIN unnest(?::text[], ?::int8[]) AS w(agent, epoch) USING (agent, epoch)
      ORDER BY p.agent, p.epoch FOR UPDATE OF p\
      """;
  private static final String CREATE =
      """
      INSERT INTO agent_progress (agent, epoch, changed)
      SELECT agent, epoch, sentinel_xid() FROM unnest(?::text[], ?::int8[]) AS w(agent, epoch)
      ORDER BY agent, epoch ON CONFLICT DO NOTHING\
      """;
  private static final String SAVE =
      """
      UPDATE agent_progress p SET through = v.through, ranges = v.ranges::int8[], collected = v.collected,
        stored = v.stored, quarantined = v.quarantined, lost = v.lost, overflow = v.overflow, closed = v.closed,
        forked = v.forked, moved = v.moved, torn = v.torn, changed = x.id, changed_at = now()
      FROM unnest(?::text[], ?::int8[], ?::int8[], ?::text[], ?::int8[], ?::int8[], ?::int8[], ?::int8[], ?::int8[],
          ?::bool[], ?::bool[], ?::int8[], ?::int8[])
        AS v(agent, epoch, through, ranges, collected, stored, quarantined, lost, overflow, closed, forked, moved, torn),
        (SELECT sentinel_xid() AS id) x
      WHERE p.agent = v.agent AND p.epoch = v.epoch\
      """;
  private static final String TOUCH =
      """
      UPDATE agent_progress p SET changed = sentinel_xid(), changed_at = now()
      FROM unnest(?::text[], ?::int8[]) AS w(agent, epoch) WHERE p.agent = w.agent AND p.epoch = w.epoch\
      """;

  private final Connection connection;
  private final Set<EpochId> touched = new HashSet<>();

  ProgressRows(Connection connection) {
    this.connection = connection;
  }

  Map<EpochId, EpochProgress> lock(Collection<EpochId> epochs) throws SQLException {
    Set<EpochId> wanted = new HashSet<>(epochs);
    Map<EpochId, EpochProgress> locked = select(wanted);
    wanted.removeAll(locked.keySet());
    if (!wanted.isEmpty()) {
      update(CREATE, wanted);
      locked.putAll(select(wanted));
    }
    return locked;
  }

  void save(Collection<EpochProgress> progress) throws SQLException {
    List<EpochProgress> rows = List.copyOf(progress);
    if (rows.isEmpty()) {
      return;
    }
    try (PreparedStatement statement = connection.prepareStatement(SAVE)) {
      bind(new Params(connection, statement), rows.stream().map(EpochProgress::epoch).toList())
          .longs(rows.stream().mapToLong(EpochProgress::through).toArray())
          .texts(rows.stream().map(row -> arrayText(row.above())).toArray(String[]::new))
          .longs(rows.stream().mapToLong(row -> row.balance().collected()).toArray())
          .longs(rows.stream().mapToLong(row -> row.balance().stored()).toArray())
          .longs(rows.stream().mapToLong(row -> row.balance().quarantined()).toArray())
          .longs(rows.stream().mapToLong(row -> row.balance().lost()).toArray())
          .longs(rows.stream().mapToLong(row -> row.balance().overflow()).toArray())
          .booleans(flags(rows.stream().map(EpochProgress::closed).toList()))
          .booleans(flags(rows.stream().map(EpochProgress::forked).toList()))
          .longs(rows.stream().mapToLong(row -> row.balance().moved()).toArray())
          .longs(rows.stream().mapToLong(row -> row.balance().torn()).toArray());
      statement.executeUpdate();
    }
    rows.forEach(row -> touched.remove(row.epoch()));
  }

  /** Notes that what is told of an epoch changes although its row may not. */
  void touch(EpochId epoch) {
    touched.add(epoch);
  }

  void finish() throws SQLException {
    if (!touched.isEmpty()) {
      update(TOUCH, touched);
    }
  }

  static List<SeqRanges.Range> ranges(Long[] flat) {
    List<SeqRanges.Range> ranges = new ArrayList<>(flat.length / 2);
    for (int i = 0; i + 1 < flat.length; i += 2) {
      ranges.add(new SeqRanges.Range(flat[i], flat[i + 1]));
    }
    return ranges;
  }

  static Balance balance(AgentProgressRecord row) {
    return new Balance(
        row.getCollected(),
        row.getStored(),
        row.getQuarantined(),
        row.getLost(),
        row.getOverflow(),
        row.getMoved(),
        row.getTorn());
  }

  static Long[] flat(List<SeqRanges.Range> ranges) {
    return ranges.stream()
        .flatMap(range -> List.of(range.from(), range.to()).stream())
        .toArray(Long[]::new);
  }

  private static String arrayText(List<SeqRanges.Range> ranges) {
    return ranges.stream()
        .map(range -> range.from() + "," + range.to())
        .collect(Collectors.joining(",", "{", "}"));
  }

  private Map<EpochId, EpochProgress> select(Collection<EpochId> epochs) throws SQLException {
    Map<EpochId, EpochProgress> found = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(LOCK)) {
      bind(new Params(connection, statement), List.copyOf(epochs));
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          EpochProgress progress = read(rows);
          found.put(progress.epoch(), progress);
        }
      }
    }
    return found;
  }

  private void update(String statementText, Collection<EpochId> epochs) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(statementText)) {
      bind(new Params(connection, statement), List.copyOf(epochs));
      statement.executeUpdate();
    }
  }

  private static Params bind(Params params, List<EpochId> epochs) throws SQLException {
    return params
        .texts(epochs.stream().map(epoch -> epoch.agent().value()).toArray(String[]::new))
        .longs(epochs.stream().mapToLong(EpochId::epoch).toArray());
  }

  private static boolean[] flags(List<Boolean> flags) {
    boolean[] array = new boolean[flags.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = flags.get(i);
    }
    return array;
  }

  private static EpochProgress read(ResultSet row) throws SQLException {
    return new EpochProgress(
        new EpochId(new AgentId(row.getString(1)), row.getLong(2)),
        row.getLong(3),
        ranges((Long[]) row.getArray(4).getArray()),
        new Balance(
            row.getLong(5),
            row.getLong(6),
            row.getLong(7),
            row.getLong(8),
            row.getLong(9),
            row.getLong(12),
            row.getLong(13)),
        row.getBoolean(10),
        row.getBoolean(11));
  }
}
