package dev.sentinelj.application.agent;

import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.BatchLogs;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.ports.driven.RefusedBatches;
import dev.sentinelj.ports.driven.Uplink;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * The whole way of an agent's samples: collected into batches, kept in a log, shipped until they
 * are stored. When the log turns out to have a twin, because a virtual machine was restored or a
 * directory copied, it goes on in a new log under a new epoch and carries the former one over.
 *
 * <p>Nothing here blocks but reading logs and, once per fork, making one. Not thread safe:
 * everything is called on the mailbox given, which runs one task at a time and none inside another.
 */
public final class CollectAndShip {

  /** Between two new logs: a server that calls every epoch forked must not fill the disk. */
  private static final long BETWEEN_LOGS_MILLIS = 5_000;

  private final BatchLogs logs;
  private final Batcher batcher;
  private final Succession succession;
  private final Function<BatchLog, Exporter> exporters;
  private Exporter exporter;
  private long forks;
  private boolean triedToSucceed;
  private long triedAtNanos;
  private String trouble = "";

  /**
   * How collecting and shipping go.
   *
   * @param log of the current log
   * @param durableThrough of the current log
   * @param formers former logs that are still being carried over
   * @param forks times a new log was begun since the start
   * @param copies batches carried over since the start
   * @param trouble what keeps a forked log from being carried over, in one line; empty for nothing
   */
  public record Status(
      Batcher.Status batching,
      Exporter.Status shipping,
      BatchLog.Usage log,
      long durableThrough,
      int formers,
      long forks,
      long copies,
      String trouble) {}

  /**
   * @param random gives attempts and back-offs
   * @param mailbox where completions of logs and events of the uplink come back to
   * @param clock read once per completion or event
   */
  public CollectAndShip(
      AgentIdentity identity,
      BatchLogs logs,
      BatchCodec codec,
      Uplink uplink,
      RefusedBatches refused,
      BatcherOptions batches,
      ExporterOptions options,
      RandomGenerator random,
      Executor mailbox,
      Supplier<Now> clock) {
    this.logs = logs;
    ServerTerms terms = new ServerTerms();
    ShippedCounts counts = new ShippedCounts();
    this.batcher =
        new Batcher(
            identity.id(), logs.current(), codec, identity.key(), terms, batches, mailbox, clock);
    this.succession = new Succession(logs, codec, batcher, terms);
    this.exporters =
        log ->
            new Exporter(
                identity,
                log,
                codec,
                uplink,
                refused,
                batcher,
                succession,
                terms,
                options,
                counts,
                random,
                mailbox,
                clock);
    this.exporter = exporters.apply(logs.current());
  }

  /** Whether another reading is welcome; otherwise collecting pauses. */
  public boolean accepting() {
    return batcher.accepting();
  }

  /**
   * Takes a reading.
   *
   * @return false when there is no room: the reading was counted as refused and is gone
   */
  public boolean add(MetricSource.Reading reading, Now now) {
    return batcher.add(reading, now);
  }

  /** Does what time asks for. Call it often: nothing happens later than the next call. */
  public void poll(Now now) {
    batcher.poll(now);
    if (exporter.stopped()) {
      batcher.release(now);
    } else if (exporter.forked()) {
      succeed(now);
    }
    exporter.poll(now);
    succession.poll(exporter.openSession(), now);
  }

  /** Closes the open batch. Completes when everything taken so far is in the log. */
  public CompletionStage<Void> flush(Now now) {
    return batcher.flush(now);
  }

  /** Ends the session and opens no other. */
  public void close() {
    exporter.close();
  }

  public Status status(Now now) {
    BatchLog log = logs.current();
    return new Status(
        batcher.status(),
        exporter.status(now),
        log.usage(),
        log.durableThrough(),
        logs.formers().size(),
        forks,
        succession.copies(),
        trouble.isEmpty() ? succession.trouble() : trouble);
  }

  /** Begins a new log as soon as the one before has nothing under way. */
  private void succeed(Now now) {
    boolean early =
        triedToSucceed && now.monotonicNanos() - triedAtNanos < BETWEEN_LOGS_MILLIS * 1_000_000;
    if (early) {
      return;
    }
    batcher.hold();
    if (batcher.appending()) {
      return;
    }
    triedToSucceed = true;
    triedAtNanos = now.monotonicNanos();
    try {
      BatchLog successor = logs.succeed();
      forks++;
      trouble = "";
      exporter.close();
      exporter = exporters.apply(successor);
      batcher.continueIn(successor, now);
    } catch (PortUnavailableException e) {
      trouble = "the log was forked and no other can be begun: " + e.getMessage();
      batcher.continueIn(logs.current(), now);
    }
  }
}
