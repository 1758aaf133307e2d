package dev.sentinelj.adapters.memory;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * Runs tasks one at a time in the order given, each as a task of its own on the executor beneath,
 * so that a delay there delays each of them.
 */
final class SerialExecutor implements Executor {
  private final Executor beneath;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  SerialExecutor(Executor beneath) {
    this.beneath = beneath;
  }

  @Override
  public void execute(Runnable task) {
    synchronized (waiting) {
      waiting.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    beneath.execute(this::runNext);
  }

  private void runNext() {
    Runnable task;
    synchronized (waiting) {
      task = waiting.remove();
    }
    try {
      task.run();
    } finally {
      boolean more;
      synchronized (waiting) {
        more = !waiting.isEmpty();
        running = more;
      }
      if (more) {
        beneath.execute(this::runNext);
      }
    }
  }
}
