package dev.sentinelj.auditor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/**
 * Says of each agent and epoch what became of its samples, from one snapshot of the raw tables.
 * Shares no code with those who wrote them. Takes no lock that anybody waits for, and writes
 * nothing.
 */
public final class Auditor {
  private final DatabaseAddress address;
  private final Patience patience;

  /** Waits as long as it takes. */
  public Auditor(DatabaseAddress address) {
    this(address, Patience.ENDLESS);
  }

  public Auditor(DatabaseAddress address, Patience patience) {
    this.address = address;
    this.patience = patience;
  }

  /**
   * Judges every epoch in {@code scope}.
   *
   * @throws AuditFailedException when the database does not answer or has another schema
   */
  public Audit audit(Scope scope) {
    try (Connection connection = address.connect(patience)) {
      return new Audit(now(connection), judged(FactsReader.read(connection, scope)), List.of());
    } catch (SQLException e) {
      throw AuditFailedException.of(address, e);
    }
  }

  /**
   * The same, and counts the samples of every agent in scope, which takes as long as reading them.
   *
   * @param progress is told how far it is
   * @throws AuditFailedException as {@link #audit}
   */
  public Audit recount(Scope scope, Consumer<String> progress) {
    try (Connection connection = address.connect(patience)) {
      Collection<EpochFacts> facts = FactsReader.read(connection, scope);
      long now = now(connection);
      List<EpochAudit> epochs = judged(facts);
      return new Audit(
          now,
          epochs,
          new SampleCount(address, patience, connection, progress).compare(facts, now));
    } catch (SQLException e) {
      throw AuditFailedException.of(address, e);
    }
  }

  /**
   * Whether this agent was ever let in, also when it sent nothing yet.
   *
   * @throws AuditFailedException as {@link #audit}
   */
  public boolean knows(String agent) {
    try (Connection connection = address.connect(patience);
        PreparedStatement statement =
            connection.prepareStatement("SELECT FROM agents WHERE id = ?")) {
      statement.setString(1, agent);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    } catch (SQLException e) {
      throw AuditFailedException.of(address, e);
    }
  }

  private static List<EpochAudit> judged(Collection<EpochFacts> facts) {
    return facts.stream().map(Judge::judge).toList();
  }

  private static long now(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT (extract(epoch FROM now()) * 1000)::bigint")) {
      row.next();
      return row.getLong(1);
    }
  }
}
