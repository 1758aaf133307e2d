package dev.sentinelj.adapters.timescale;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.PartitionStore.FailureKind;
import java.sql.SQLException;
import org.jooq.exception.DataAccessException;
import org.jspecify.annotations.Nullable;

/** What an SQLSTATE says (PostgreSQL documentation, appendix A). */
final class Failures {
  private Failures() {}

  /** A statement of a worker transaction, or a group of them. */
  @FunctionalInterface
  interface Statement<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  /** The server refused the data as it is: trying again changes nothing. */
  static final class DataRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    DataRefusedException(String doing, Throwable cause) {
      super(doing, cause);
    }
  }

  /** Runs {@code statement} and translates its failure; {@code doing} names the operation. */
  static <T extends @Nullable Object> T at(String doing, Statement<T> statement) {
    try {
      return statement.run();
    } catch (SQLException | DataAccessException e) {
      throw kindOf(e) == FailureKind.DATA
          ? new DataRefusedException(doing, e)
          : new PortUnavailableException(doing, e);
    }
  }

  /** What a failure inside a script means: the data's doing only where something says so. */
  static FailureKind kindOf(Throwable failure) {
    String state = stateOf(failure);
    if (state != null) {
      boolean data = (state.startsWith("22") || state.startsWith("23")) && !noPartition(failure);
      return data ? FailureKind.DATA : FailureKind.TRANSIENT;
    }
    if (unreadable(failure)) {
      return FailureKind.DATA;
    }
    boolean ofTheDatabase =
        failure instanceof PortUnavailableException
            || failure instanceof SQLException
            || failure instanceof DataAccessException;
    return ofTheDatabase ? FailureKind.TRANSIENT : FailureKind.SCRIPT;
  }

  private static boolean unreadable(Throwable failure) {
    return failure instanceof MalformedException
        || failure instanceof BatchHeader.UnsupportedVersionException
        || failure instanceof IllegalArgumentException;
  }

  /**
   * A row for a day that was dropped behind our back is refused with the state of a check
   * constraint.
   */
  static boolean noPartition(Throwable failure) {
    return "23514".equals(stateOf(failure));
  }

  /**
   * Whether a failed COMMIT certainly did not commit: the server said so while it was alive.
   * Anything else, above all a lost connection, leaves it open.
   */
  static boolean certainlyNotCommitted(SQLException failure) {
    String state = failure.getSQLState();
    return state != null
        && (state.startsWith("22")
            || state.startsWith("23")
            || state.startsWith("25")
            || (state.startsWith("40") && !state.equals("40003")));
  }

  private static @Nullable String stateOf(Throwable failure) {
    for (Throwable one = failure; one != null; one = one.getCause()) {
      if (one instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return null;
  }
}
