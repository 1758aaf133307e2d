package dev.sentinelj.adapters.grpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Takes the stack trace off what gRPC logs of a message that is larger than allowed: anybody can
 * send one as often as he likes, and one line says all there is to know.
 */
final class TooLargeMessages implements Filter {
  /** Where gRPC's server logs them; held, because a logger that nobody holds forgets its filter. */
  static final Logger LOG =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerStream");

  private TooLargeMessages() {}

  /** Idempotent. Replaces a filter that somebody else may have set there. */
  static void logShortly() {
    LOG.setFilter(new TooLargeMessages());
  }

  @Override
  public boolean isLoggable(LogRecord line) {
    if (line.getThrown() instanceof StatusRuntimeException refused
        && refused.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) {
      line.setMessage("refused: " + refused.getStatus().getDescription());
      line.setThrown(null);
    }
    return true;
  }
}
