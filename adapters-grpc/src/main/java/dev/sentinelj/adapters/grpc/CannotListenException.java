package dev.sentinelj.adapters.grpc;

/** The gateway's address cannot be listened on; the message names it and what to do. */
public final class CannotListenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  CannotListenException(String message, Throwable cause) {
    super(message, cause);
  }
}
