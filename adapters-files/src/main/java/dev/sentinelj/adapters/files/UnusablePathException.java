package dev.sentinelj.adapters.files;

/**
 * A file or directory that cannot be used as it is. The message is one line: the path, what is
 * wrong, the fix.
 */
public final class UnusablePathException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnusablePathException(String message) {
    super(message);
  }

  UnusablePathException(String message, Throwable cause) {
    super(message, cause);
  }
}
