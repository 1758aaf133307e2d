package dev.sentinelj.application.gateway;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * Runs calls one at a time in the order they were added, on whichever thread finds the line free. A
 * call added from within a call waits its turn. Thread safe; no call runs under a lock of this
 * class.
 */
final class SerialCalls {
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  void run(Runnable call) {
    add(call);
    drain();
  }

  /** Fixes the place of {@code call} in the line; it runs with the next {@link #drain}. */
  synchronized void add(Runnable call) {
    waiting.add(call);
  }

  /** Runs what waits, unless another thread is doing so. */
  void drain() {
    if (!take()) {
      return;
    }
    boolean finished = false;
    try {
      for (Runnable call = next(); call != null; call = next()) {
        call.run();
      }
      finished = true;
    } finally {
      if (!finished) {
        free();
      }
    }
  }

  private synchronized boolean take() {
    boolean mine = !running;
    running = true;
    return mine;
  }

  private synchronized @Nullable Runnable next() {
    Runnable call = waiting.poll();
    running = call != null;
    return call;
  }

  /** A call threw: whoever drains next goes on behind it. */
  private synchronized void free() {
    running = false;
  }
}
