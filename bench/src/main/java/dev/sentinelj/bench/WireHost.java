package dev.sentinelj.bench;

import dev.sentinelj.adapters.memory.InMemoryBatchLog;
import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.adapters.sysinfo.HostSources;
import dev.sentinelj.application.agent.Batcher;
import dev.sentinelj.application.agent.BatcherOptions;
import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.application.agent.ServerTerms;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.MetricSource;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The collecting half of an agent on this machine: every collector, the schedule with its jitter,
 * and the batcher, over a log in memory. What came out before the second round is left aside,
 * because a first reading has no shares of processor time. One thread drives it.
 */
final class WireHost {
  private static final int SEGMENT_BYTES = 8 << 20;
  private static final long LOG_BYTES = 64L << 20;
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private final Duration interval;
  private final Now start;
  private final CollectorSchedule schedule;
  private final InMemoryBatchLog log;
  private final Batcher batcher;
  private final Set<SeriesSet> sets = new LinkedHashSet<>();
  private Now now;

  /**
   * @param start of the first interval, may lie ahead
   */
  WireHost(
      EpochId epoch, AgentKey key, Duration interval, BatcherOptions options, Now start, Now now) {
    this.interval = interval;
    this.start = start;
    this.now = now;
    this.log = new InMemoryBatchLog(epoch.epoch(), SEGMENT_BYTES, LOG_BYTES);
    this.schedule =
        new CollectorSchedule(
            HostSources.all(),
            new CollectorSchedule.Timing(interval, DEADLINE),
            new SplittableRandom(epoch.epoch()),
            start);
    this.batcher =
        new Batcher(
            epoch.agent(),
            log,
            new ProtobufBatchCodec(),
            () -> key,
            new ServerTerms(),
            options,
            Runnable::run,
            () -> this.now);
  }

  /** Reads what is due, stamped with the time of its reading. */
  void poll(Now at) {
    now = at;
    for (MetricSource source : schedule.poll(at)) {
      try {
        MetricSource.Reading reading = source.read(at.wallMillis());
        sets.add(reading.set());
        batcher.add(reading, at);
        schedule.finished(source);
      } catch (RuntimeException _) { // as the agent's runner: a source stands alone
        schedule.failed(source);
      }
    }
    batcher.poll(at);
  }

  /** Every set that was read. */
  Set<SeriesSet> sets() {
    return sets;
  }

  /** Batches all of whose samples were taken in the second round or later. */
  List<SignedBatch> batches() {
    return log.read(1, Integer.MAX_VALUE, Long.MAX_VALUE).stream()
        .filter(
            batch -> batch.header().leastTimeMillis() >= start.wallMillis() + interval.toMillis())
        .toList();
  }
}
