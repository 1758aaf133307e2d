package dev.sentinelj.auditor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Optional;

/**
 * What is audited.
 *
 * @param agent empty for all
 * @param epoch of that agent; empty for all of its epochs
 */
public record Scope(Optional<String> agent, Optional<Long> epoch) {
  /** Everything there is. */
  public static final Scope ALL = new Scope(Optional.empty(), Optional.empty());

  private static final int ROWS_AT_ONCE = 10_000;

  /** All of one agent. */
  public static Scope of(String agent) {
    return new Scope(Optional.of(agent), Optional.empty());
  }

  /** {@code sql} with its {@code {scope}} replaced by this one; the caller closes it. */
  PreparedStatement prepare(Connection connection, String sql) throws SQLException {
    String where = agent.map(_ -> " AND agent = ?").orElse("");
    where += epoch.map(_ -> " AND epoch = ?").orElse("");
    PreparedStatement statement = connection.prepareStatement(sql.replace("{scope}", where));
    int parameter = 1;
    for (int at = sql.indexOf("{scope}"); at >= 0; at = sql.indexOf("{scope}", at + 1)) {
      if (agent.isPresent()) {
        statement.setString(parameter++, agent.get());
      }
      if (epoch.isPresent()) {
        statement.setLong(parameter++, epoch.get());
      }
    }
    statement.setFetchSize(ROWS_AT_ONCE);
    return statement;
  }
}
