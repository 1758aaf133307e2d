package dev.sentinelj.adapters.http;

import dev.sentinelj.ports.PortUnavailableException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what a port promised, on a virtual thread. */
final class Stages {
  private Stages() {}

  /**
   * The value of {@code stage}; throws the unchecked exception that it failed with.
   *
   * @throws PortUnavailableException also when it takes longer than {@link HttpLimits#PORT_TIMEOUT}
   */
  static <T> T await(String doing, CompletionStage<T> stage) {
    try {
      return stage
          .toCompletableFuture()
          .get(HttpLimits.PORT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      throw new IllegalStateException(doing, e.getCause());
    } catch (TimeoutException e) {
      throw new PortUnavailableException(doing + ": no answer in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PortUnavailableException(doing + ": interrupted", e);
    }
  }
}
