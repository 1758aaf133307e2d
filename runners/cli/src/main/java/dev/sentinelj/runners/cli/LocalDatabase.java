package dev.sentinelj.runners.cli;

import dev.sentinelj.auditor.DatabaseAddress;

/**
 * The database that {@code sentinel up} runs on this machine; found by {@code ServiceLoader} where
 * that is on the class path.
 */
public interface LocalDatabase {

  /**
   * Where it listens now, and with which password.
   *
   * @throws CliException when it does not run or its password cannot be read; says what to do
   */
  DatabaseAddress find(CliContext context);
}
