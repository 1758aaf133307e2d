package dev.sentinelj.runners.agent;

import dev.sentinelj.application.agent.CollectAndShip;
import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.runners.runtime.EventLoop;
import dev.sentinelj.runners.runtime.SystemClock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads each source on a thread of its own, so that one that hangs delays no other, and interrupts
 * it at its deadline. None of these threads ever touches a file of ours.
 */
final class CollectorThreads {
  private static final Logger LOG = LoggerFactory.getLogger(CollectorThreads.class);

  private final CollectorSchedule schedule;
  private final BooleanSupplier accepting;
  private final BiConsumer<MetricSource.Reading, Now> taker;
  private final Executor loop;
  private final Starter starter;
  private final Map<MetricSource, Thread> reading = new HashMap<>();

  /** Starts a thread, which may fail: there may be no room for another one. */
  interface Starter {
    Thread start(String name, Runnable task);
  }

  CollectorThreads(CollectorSchedule schedule, CollectAndShip agent, EventLoop loop) {
    this(schedule, agent::accepting, agent::add, loop, CollectorThreads::daemon);
  }

  CollectorThreads(
      CollectorSchedule schedule,
      BooleanSupplier accepting,
      BiConsumer<MetricSource.Reading, Now> taker,
      Executor loop,
      Starter starter) {
    this.schedule = schedule;
    this.accepting = accepting;
    this.taker = taker;
    this.loop = loop;
    this.starter = starter;
  }

  private static Thread daemon(String name, Runnable task) {
    return Thread.ofPlatform().daemon(true).name(name).start(task);
  }

  /** On the loop's thread. While the log takes nothing, collecting pauses. */
  void poll(Now now) {
    schedule.overdue(now).forEach(this::interrupt);
    if (accepting.getAsBoolean()) {
      schedule.poll(now).forEach(this::read);
    }
  }

  private void read(MetricSource source) {
    try {
      reading.put(source, starter.start("source-" + source.name(), () -> run(source)));
    } catch (RuntimeException
        | Error e) { // no thread for it: it is due again, and those behind it have their turn
      failed(source, e);
    }
  }

  private void interrupt(MetricSource source) {
    LOG.warn("source {} does not answer in time, interrupting it", source.name());
    Thread thread = reading.get(source);
    if (thread != null) {
      thread.interrupt();
    }
  }

  private void run(MetricSource source) {
    try {
      MetricSource.Reading taken = source.read(SystemClock.wallMillis());
      loop.execute(() -> finished(source, taken));
    } catch (RuntimeException
        | Error e) { // an error too, or the source would count as running for ever
      loop.execute(() -> failed(source, e));
    }
  }

  private void finished(MetricSource source, MetricSource.Reading taken) {
    reading.remove(source);
    schedule.finished(source);
    taker.accept(taken, SystemClock.now());
  }

  private void failed(MetricSource source, Throwable e) {
    reading.remove(source);
    schedule.failed(source);
    LOG.warn("source {} could not be read: {}", source.name(), e.toString());
  }
}
