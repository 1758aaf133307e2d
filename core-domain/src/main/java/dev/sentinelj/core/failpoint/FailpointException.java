package dev.sentinelj.core.failpoint;

/** Thrown at a place that was armed to throw; nobody catches it by name. */
public final class FailpointException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  FailpointException(String message) {
    super(message);
  }
}
