package dev.sentinelj.runners.standalone;

/**
 * Something that keeps the process from starting. The message is one line: what, and how to mend
 * it.
 */
public final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StartException(String message) {
    super(message);
  }

  public StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
