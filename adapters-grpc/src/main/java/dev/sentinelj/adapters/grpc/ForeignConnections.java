package dev.sentinelj.adapters.grpc;

import java.util.logging.Filter;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * Takes the stack trace off what gRPC logs of a connection that speaks something else: a browser or
 * a probe at the agents' port is no fault of ours, and one line says all there is to know.
 */
final class ForeignConnections implements Filter {
  /** Where gRPC's server logs them; held, because a logger that nobody holds forgets its filter. */
  static final Logger LOG =
      Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty.NettyServerTransport.connections");

  private static final int MAX_CHARS = 200;

  private ForeignConnections() {}

  /** Idempotent. Replaces a filter that somebody else may have set there. */
  static void logShortly() {
    LOG.setFilter(new ForeignConnections());
  }

  @Override
  public boolean isLoggable(LogRecord line) {
    Throwable thrown = line.getThrown();
    if (thrown != null) {
      line.setMessage("a connection to the agents' port was dropped: " + shown(thrown));
      line.setThrown(null);
    }
    return true;
  }

  /** What came over the wire may be part of it. */
  private static String shown(Throwable thrown) {
    String text = String.valueOf(thrown.getMessage()).replaceAll("[^\\x20-\\x7e]", "?").strip();
    return text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS);
  }
}
