package dev.sentinelj.runners.runtime;

import java.util.ArrayDeque;
import java.util.Deque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What was opened, closed in the opposite order; one that fails does not keep the others open. */
public final class ShutdownSequence implements AutoCloseable {
  private final Deque<Step> steps = new ArrayDeque<>();

  /** Made at first use: a start that is refused must not leave a log file behind. */
  private static final class Log {
    static final Logger LOG = LoggerFactory.getLogger(ShutdownSequence.class);
  }

  private record Step(String name, AutoCloseable closing) {}

  /** Notes that {@code opened} must be closed before everything that was noted earlier. */
  public synchronized <T extends AutoCloseable> T closeLater(String name, T opened) {
    steps.push(new Step(name, opened));
    return opened;
  }

  @Override
  public synchronized void close() {
    while (!steps.isEmpty()) {
      close(steps.pop());
    }
  }

  private static void close(Step step) {
    try {
      Log.LOG.debug("closing {}", step.name());
      step.closing().close();
    } catch (Exception e) {
      Log.LOG.warn("could not close {}", step.name(), e);
    }
  }
}
