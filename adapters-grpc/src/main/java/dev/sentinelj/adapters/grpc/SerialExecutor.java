package dev.sentinelj.adapters.grpc;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Runs tasks one at a time in the order given, on a thread of the executor beneath. */
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
    beneath.execute(this::runAll);
  }

  private void runAll() {
    for (Runnable task = next(); task != Failures.NOTHING; task = next()) {
      Failures.logged("hearing an event", task);
    }
  }

  private Runnable next() {
    synchronized (waiting) {
      if (waiting.isEmpty()) {
        running = false;
        return Failures.NOTHING;
      }
      return waiting.remove();
    }
  }
}
