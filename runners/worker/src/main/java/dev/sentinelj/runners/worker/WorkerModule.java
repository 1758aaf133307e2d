package dev.sentinelj.runners.worker;

import dagger.Module;
import dagger.Provides;
import dev.sentinelj.application.gateway.AgentDirectory;
import dev.sentinelj.application.status.Counters;
import jakarta.inject.Singleton;

/** What all strands of a worker share. */
@Module
interface WorkerModule {

  @Provides
  @Singleton
  static Counters counters() {
    return new Counters();
  }

  @Provides
  @Singleton
  static AgentDirectory directory(WorkerPorts ports) {
    return new AgentDirectory(ports.agentRegistry(), ports.secretVault());
  }

  @Provides
  @Singleton
  static Strands strands(
      WorkerConfig config, WorkerPorts ports, AgentDirectory directory, Counters counters) {
    return Strands.of(config, ports, directory, counters);
  }
}
