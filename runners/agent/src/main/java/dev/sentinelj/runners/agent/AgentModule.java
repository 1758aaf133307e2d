package dev.sentinelj.runners.agent;

import dagger.Module;
import dagger.Provides;
import dev.sentinelj.application.agent.AgentIdentity;
import dev.sentinelj.application.agent.Batcher;
import dev.sentinelj.application.agent.BatcherOptions;
import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.application.agent.Exporter;
import dev.sentinelj.application.agent.ExporterOptions;
import dev.sentinelj.application.agent.ServerTerms;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.ports.driven.RefusedBatches;
import dev.sentinelj.ports.driven.Uplink;
import dev.sentinelj.runners.runtime.EventLoop;
import dev.sentinelj.runners.runtime.SystemClock;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
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
  static ServerTerms terms() {
    return new ServerTerms();
  }

  @Provides
  @Singleton
  static CollectorSchedule schedule(
      List<MetricSource> sources, CollectorSchedule.Timing timing, SecureRandom random) {
    return new CollectorSchedule(sources, timing, random, SystemClock.now());
  }

  @Provides
  @Singleton
  static Batcher batcher(
      AgentIdentity identity, BatchLog log, BatchCodec codec, ServerTerms terms, EventLoop loop) {
    return new Batcher(
        identity.id(),
        log,
        codec,
        identity.key(),
        terms,
        BatcherOptions.DEFAULT,
        loop,
        SystemClock::now);
  }

  @Provides
  @Singleton
  static Exporter exporter(
      AgentIdentity identity,
      BatchLog log,
      BatchCodec codec,
      Uplink uplink,
      RefusedBatches refused,
      Batcher batcher,
      ServerTerms terms,
      SecureRandom random,
      EventLoop loop) {
    return new Exporter(
        identity,
        log,
        codec,
        uplink,
        refused,
        batcher,
        terms,
        ExporterOptions.DEFAULT,
        random,
        loop,
        SystemClock::now);
  }
}
