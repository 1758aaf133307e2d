package dev.sentinelj.ports;

/**
 * The technology behind a port did not answer, or its answer was lost. Whether the call had an
 * effect is unknown unless the port says otherwise; the same call may succeed later.
 */
public final class PortUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public PortUnavailableException(String doing, Throwable cause) {
    super(doing, cause);
  }

  public PortUnavailableException(String doing) {
    super(doing);
  }
}
