package dev.sentinelj.runners.agent;

import dagger.BindsInstance;
import dagger.Component;
import dev.sentinelj.application.agent.Batcher;
import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.application.agent.Exporter;
import dev.sentinelj.runners.runtime.EventLoop;
import jakarta.inject.Singleton;

@Singleton
@Component(modules = AgentModule.class, dependencies = AgentPorts.class)
interface AgentComponent {
  EventLoop loop();

  CollectorSchedule schedule();

  Batcher batcher();

  Exporter exporter();

  @Component.Factory
  interface Factory {
    AgentComponent create(AgentPorts ports, @BindsInstance CollectorSchedule.Timing timing);
  }
}
