package dev.sentinelj.runners.server;

import dagger.Binds;
import dagger.Module;
import dagger.Provides;
import dev.sentinelj.application.access.Operators;
import dev.sentinelj.application.gateway.AgentDirectory;
import dev.sentinelj.application.gateway.CommittedRelay;
import dev.sentinelj.application.gateway.Enrolment;
import dev.sentinelj.application.gateway.FramePublisher;
import dev.sentinelj.application.gateway.GatewayStatus;
import dev.sentinelj.application.gateway.IngestPipeline;
import dev.sentinelj.application.gateway.SessionDirectory;
import dev.sentinelj.application.gateway.Ticker;
import dev.sentinelj.application.status.Counters;
import dev.sentinelj.application.worker.KeptBatches;
import dev.sentinelj.application.worker.WorkerLimits;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.OperatorStore;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.ports.driven.QuarantineQueries;
import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.ports.driving.AgentSessions;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.ports.driving.IngestBatches;
import dev.sentinelj.ports.driving.OperatorAccess;
import dev.sentinelj.ports.driving.QuarantineReplay;
import jakarta.inject.Singleton;
import java.security.SecureRandom;

/** The use cases of a server over the ports it was given. */
@Module
interface ServerModule {

  @Provides
  @Singleton
  static SecureRandom random() {
    return new SecureRandom();
  }

  @Provides
  @Singleton
  static Counters counters() {
    return new Counters();
  }

  @Provides
  @Singleton
  static AgentDirectory directory(AgentRegistry registry, SecretVault vault) {
    return new AgentDirectory(registry, vault);
  }

  @Provides
  @Singleton
  static FramePublisher publisher(BatchBus bus, MacKey clusterKey, SecureRandom random) {
    return new FramePublisher(bus, clusterKey, random, FramePublisher.Limits.DEFAULT);
  }

  @Provides
  @Singleton
  static IngestBatches ingest(
      AgentDirectory directory, FramePublisher publisher, ServerConfig config, Counters counters) {
    return new IngestPipeline(directory, publisher, config.limits(), config.window(), counters);
  }

  @Provides
  @Singleton
  static SessionDirectory sessions(
      AgentDirectory directory,
      AgentRegistry registry,
      ProgressFeed feed,
      IngestBatches ingest,
      ServerConfig config) {
    return new SessionDirectory(
        directory, registry, feed, ingest, config.limits(), config.window());
  }

  @Binds
  AgentSessions agentSessions(SessionDirectory sessions);

  @Provides
  @Singleton
  static CommittedRelay relay(ProgressFeed feed, SessionDirectory sessions) {
    return new CommittedRelay(ForkWatch.logging(feed), sessions);
  }

  @Provides
  @Singleton
  static EnrolAgents enrolment(AgentRegistry registry, SecretVault vault, SecureRandom random) {
    return new Enrolment(registry, vault, random);
  }

  @Provides
  @Singleton
  static OperatorAccess operators(OperatorStore store, SecureRandom random) {
    return new Operators(store, random);
  }

  @Provides
  @Singleton
  static QuarantineReplay replay(
      QuarantineQueries queries, PartitionStore store, BatchCodec codec, BatchBus bus) {
    return new KeptBatches(queries, store, codec, bus.partitions(), WorkerLimits.DEFAULT);
  }

  @Provides
  @Singleton
  static GatewayStatus status(
      Counters counters,
      AgentDirectory directory,
      FramePublisher publisher,
      SessionDirectory sessions,
      CommittedRelay relay) {
    return new GatewayStatus(counters, directory, publisher, sessions, relay);
  }

  @Provides
  @Singleton
  static Ticker ticker(
      BatchBus bus, MacKey clusterKey, AgentDirectory directory, FramePublisher publisher) {
    return new Ticker(bus, clusterKey, () -> directory.usable() && publisher.hasRoom());
  }
}
