package dev.sentinelj.adapters.grpc;

import dev.sentinelj.ports.PortUnavailableException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import java.lang.System.Logger.Level;
import java.util.concurrent.CompletionException;

/** What a peer is told of a failure of ours: never its text, which goes to the log. */
final class Failures {
  static final Runnable NOTHING = () -> {};
  private static final System.Logger LOG = System.getLogger("dev.sentinelj.adapters.grpc");

  private Failures() {}

  static StatusRuntimeException status(String doing, Throwable failure) {
    Throwable cause = cause(failure);
    return switch (cause) {
      case StatusRuntimeException status -> status;
      case StatusException status -> status.getStatus().asRuntimeException();
      case PortUnavailableException _ -> {
        LOG.log(Level.WARNING, "grpc: not available while {0}: {1}", doing, cause.getMessage());
        yield Status.UNAVAILABLE
            .withDescription("a service behind the gateway does not answer, try again later")
            .asRuntimeException();
      }
      default -> {
        unexpected(doing, cause);
        yield Status.INTERNAL
            .withDescription("internal error, see the server's log")
            .asRuntimeException();
      }
    };
  }

  static void unexpected(String doing, Throwable failure) {
    LOG.log(Level.ERROR, "grpc: unexpected failure while " + doing, failure);
  }

  /** Runs a task whose failure must not take the caller along. */
  static void logged(String doing, Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      unexpected(doing, e);
    }
  }

  static void debug(String message, Object... values) {
    LOG.log(Level.DEBUG, message, values);
  }

  static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
