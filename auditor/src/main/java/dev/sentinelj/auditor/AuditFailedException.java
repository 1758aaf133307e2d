package dev.sentinelj.auditor;

import java.sql.SQLException;
import java.util.Set;

/** The database could not be asked; nothing is known of its samples. */
public final class AuditFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Wrong password, unknown user, or one that may not read the tables. */
  private static final Set<String> CREDENTIALS = Set.of("28P01", "28000", "42501");

  private final boolean refused;

  private AuditFailedException(String message, boolean refused, Throwable cause) {
    super(message, cause);
    this.refused = refused;
  }

  /** Whether another user or password may help. */
  public boolean refused() {
    return refused;
  }

  /** What the database, or its driver, calls the failure; empty when they have no code for it. */
  public String sqlState() {
    return getCause() instanceof SQLException failure && failure.getSQLState() != null
        ? failure.getSQLState()
        : "";
  }

  static AuditFailedException of(DatabaseAddress address, SQLException cause) {
    String state = cause.getSQLState() == null ? "" : cause.getSQLState();
    String why =
        switch (state) {
          case "42P01", "42703", "42883" ->
              " has another schema than this program: start its server or worker once, which"
                  + " brings it up to date ("
                  + oneLine(cause)
                  + ")";
          default -> " cannot be read: " + oneLine(cause);
        };
    return new AuditFailedException(address + why, CREDENTIALS.contains(state), cause);
  }

  private static String oneLine(Throwable cause) {
    return String.valueOf(cause.getMessage()).replaceAll("\\s+", " ").strip();
  }
}
