package dev.sentinelj.testkit;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for what another thread brings. */
final class Waiting {
  private Waiting() {}

  static <T> T next(BlockingQueue<T> queue, String what, long patience, TimeUnit unit) {
    try {
      @Nullable T found = queue.poll(patience, unit);
      if (found == null) {
        throw new AssertionError("no " + what + " within " + patience + " " + unit);
      }
      return found;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for " + what, e);
    }
  }
}
