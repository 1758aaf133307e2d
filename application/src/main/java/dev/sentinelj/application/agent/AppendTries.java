package dev.sentinelj.application.agent;

import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BatchLog;
import java.util.Objects;
import java.util.concurrent.CompletionException;

/** How appending goes: after a failure it waits, longer each time, before the next try. */
final class AppendTries {

  /** Wait after the first failure; it doubles up to the cap. */
  private static final long RETRY_MILLIS = 1_000;

  private static final long MAX_RETRY_MILLIS = 30_000;

  private int failuresInARow;
  private long retryAtNanos;
  private long failures;
  private boolean logFull;
  private String lastError = "";

  boolean waiting(Now now) {
    return failuresInARow > 0 && now.monotonicNanos() - retryAtNanos < 0;
  }

  void succeeded() {
    anotherLog();
    lastError = "";
  }

  void failed(Throwable failure, Now now) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    failures++;
    failuresInARow++;
    logFull = cause instanceof BatchLog.LogFullException;
    lastError = "appending to the log: " + Objects.toString(cause.getMessage(), cause.toString());
    long wait = Math.min(MAX_RETRY_MILLIS, RETRY_MILLIS << Math.min(failuresInARow - 1, 10));
    retryAtNanos = now.monotonicNanos() + wait * 1_000_000;
  }

  /** What failed was another log's fault. */
  void anotherLog() {
    failuresInARow = 0;
    logFull = false;
  }

  /** How many failed. */
  long failures() {
    return failures;
  }

  /** Whether the log had no room at the last try. */
  boolean logFull() {
    return logFull;
  }

  /** Why the last one failed, in one line; empty when it did not. */
  String lastError() {
    return lastError;
  }
}
