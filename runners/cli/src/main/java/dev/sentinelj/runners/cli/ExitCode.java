package dev.sentinelj.runners.cli;

/** What the process returns to its shell; documented in {@code sentinel help exit-codes}. */
public final class ExitCode {
  public static final int OK = 0;

  /** It was tried and did not work; of an audit, that something is unaccounted for. */
  public static final int FAILED = 1;

  /** The command line or a setting is wrong; nothing was tried. */
  public static final int USAGE = 2;

  /** No server answers at the address, or a database cannot be read. */
  public static final int UNREACHABLE = 3;

  /** The server, or the database that an audit asks, wants another credential. */
  public static final int UNAUTHORIZED = 4;

  private ExitCode() {}
}
