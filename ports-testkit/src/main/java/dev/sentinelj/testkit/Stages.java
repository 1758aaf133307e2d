package dev.sentinelj.testkit;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for stages in tests. */
public final class Stages {
  private static final long PATIENCE_SECONDS = 30;

  private Stages() {}

  /**
   * The value of {@code stage}.
   *
   * @throws RuntimeException what it failed with
   * @throws AssertionError when it takes longer than 30 s
   */
  public static <T> T await(CompletionStage<T> stage) {
    try {
      return stage
          .toCompletableFuture()
          .copy()
          .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof TimeoutException) {
        throw new AssertionError("a stage did not complete in 30 s", e);
      }
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
