package dev.sentinelj.runners.agent;

import dagger.Module;
import dagger.Provides;
import dev.sentinelj.application.agent.AgentIdentity;
import dev.sentinelj.application.agent.BatcherOptions;
import dev.sentinelj.application.agent.CollectAndShip;
import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.application.agent.ExporterOptions;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLogs;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.ports.driven.RefusedBatches;
import dev.sentinelj.ports.driven.Uplink;
import dev.sentinelj.runners.runtime.EventLoop;
import dev.sentinelj.runners.runtime.SystemClock;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/** The use cases of an agent over the ports it was given. */
@Module
interface AgentModule {

  @Provides
  @Singleton
  static EventLoop loop() {
    return new EventLoop("agent", SystemClock::now);
  }

  @Provides
  @Singleton
  static SecureRandom random() {
    return new SecureRandom();
  }

  @Provides
  @Singleton
  static CollectorSchedule schedule(
      List<MetricSource> sources, CollectorSchedule.Timing timing, SecureRandom random) {
    return new CollectorSchedule(sources, timing, random, SystemClock.now());
  }

  /**
   * The sources of one round are read within a tenth of the interval. A batch that waits a little
   * longer than that has all of them; waiting for the next round would only make the page lag.
   */
  private static BatcherOptions options(CollectorSchedule.Timing timing) {
    Duration round = timing.interval().dividedBy(5);
    BatcherOptions usual = BatcherOptions.DEFAULT;
    Duration age = round.compareTo(usual.maxAge()) < 0 ? round : usual.maxAge();
    return new BatcherOptions(
        age, usual.firstMaxAge(), usual.maxSamples(), usual.maxBytes(), usual.maxWaitingBytes());
  }

  @Provides
  @Singleton
  static CollectAndShip agent(
      AgentIdentity identity,
      BatchLogs logs,
      BatchCodec codec,
      Uplink uplink,
      RefusedBatches refused,
      CollectorSchedule.Timing timing,
      SecureRandom random,
      EventLoop loop) {
    return new CollectAndShip(
        identity,
        logs,
        codec,
        uplink,
        refused,
        options(timing),
        ExporterOptions.DEFAULT,
        random,
        loop,
        SystemClock::now);
  }
}
