package dev.sentinelj.runners.agent;

import dev.sentinelj.application.agent.Batcher;
import dev.sentinelj.application.agent.CollectAndShip;
import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.application.agent.Exporter;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driving.ServerStatus;
import dev.sentinelj.runners.runtime.EventLoop;
import dev.sentinelj.runners.runtime.SystemClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A running agent: one loop that drives schedule, batches and shipping. */
public final class AgentRunner implements ServerStatus, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AgentRunner.class);

  /** How long what was collected may take into the log when the agent stops. */
  static final Duration FLUSH = Duration.ofSeconds(3);

  private static final Duration POLL = Duration.ofMillis(100);

  private final EventLoop loop;
  private final CollectorThreads collectors;
  private final CollectorSchedule schedule;
  private final CollectAndShip agent;
  private final AgentPorts ports;
  private final CopyNotices copies = new CopyNotices(LOG::warn);
  private volatile Report report = new Report(List.of(), Map.of());

  private AgentRunner(AgentComponent component, AgentPorts ports) {
    this.ports = ports;
    this.loop = component.loop();
    this.schedule = component.schedule();
    this.agent = component.agent();
    this.collectors = new CollectorThreads(schedule, agent, loop);
  }

  /** Starts collecting and shipping. */
  public static AgentRunner start(AgentPorts ports, CollectorSchedule.Timing timing) {
    AgentComponent component = DaggerAgentComponent.factory().create(ports, timing);
    AgentRunner runner = new AgentRunner(component, ports);
    runner.loop.start(runner::poll, POLL);
    return runner;
  }

  @Override
  public Report report() {
    return report;
  }

  /**
   * Puts what was collected into the log, then stops shipping. What was not shipped goes next time.
   */
  @Override
  public void close() {
    CompletableFuture<Void> flushed = new CompletableFuture<>();
    loop.execute(() ->
        agent.flush(SystemClock.now()).whenComplete((_, failure) -> settle(flushed, failure)));
    await(flushed);
    loop.execute(agent::close);
    loop.close();
  }

  private void poll(Now now) {
    collectors.poll(now);
    agent.poll(now);
    CollectAndShip.Status status = agent.status(now);
    copies.look(currentEpoch(), status);
    report = describe(status);
  }

  private EpochId currentEpoch() {
    return new EpochId(ports.identity().id(), ports.batchLogs().current().epoch());
  }

  private static void settle(CompletableFuture<Void> flushed, @Nullable Throwable failure) {
    if (failure == null) {
      flushed.complete(null);
    } else {
      flushed.completeExceptionally(failure);
    }
  }

  private static void await(CompletableFuture<Void> flushed) {
    try {
      flushed.get(FLUSH.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("the last readings did not reach the log: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Report describe(CollectAndShip.Status status) {
    Exporter.Status shipping = status.shipping();
    Batcher.Status batching = status.batching();
    Map<String, Long> counters = new TreeMap<>();
    counters.put("agent_batches_logged", batching.batches());
    counters.put("agent_samples_logged", batching.samples());
    counters.put("agent_readings_refused", batching.readingsRefused());
    counters.put("agent_batches_accepted", shipping.accepted());
    counters.put("agent_batches_resent", shipping.resent());
    counters.put("agent_batches_refused", shipping.refused());
    counters.put("agent_committed_through", shipping.committedThrough());
    counters.put("agent_logged_through", status.durableThrough());
    counters.put("agent_log_bytes", status.log().bytes());
    counters.put("agent_log_batches", status.log().batches());
    counters.put("agent_log_forks", status.forks());
    counters.put("agent_former_logs", (long) status.formers());
    counters.put("agent_batches_carried_over", status.copies());
    schedule
        .counts()
        .forEach(source -> {
          counters.merge("agent_source_reads", source.reads(), Long::sum);
          counters.merge("agent_source_failures", source.failures(), Long::sum);
          counters.merge("agent_source_timeouts", source.timeouts(), Long::sum);
        });
    return new Report(List.of(part(status)), counters);
  }

  private static Part part(CollectAndShip.Status status) {
    Exporter.Status shipping = status.shipping();
    List<String> wrong = new ArrayList<>();
    if (status.batching().logFull()) {
      wrong.add("its log is full, collecting pauses");
    } else if (!status.batching().lastError().isEmpty()) {
      wrong.add(status.batching().lastError());
    }
    if (shipping.state() != Exporter.State.OPEN) {
      wrong.add("not connected: " + shipping.lastError());
    }
    if (!status.trouble().isEmpty()) {
      wrong.add(status.trouble());
    }
    return wrong.isEmpty()
        ? new Part("agent", true, "ships; committed through " + shipping.committedThrough())
        : new Part("agent", false, String.join("; ", wrong));
  }
}
