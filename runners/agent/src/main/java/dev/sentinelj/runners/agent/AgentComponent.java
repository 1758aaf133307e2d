package dev.sentinelj.runners.agent;

import dagger.BindsInstance;
import dagger.Component;
import dev.sentinelj.application.agent.CollectAndShip;
import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.runners.runtime.EventLoop;
import jakarta.inject.Singleton;

@Singleton
@Component(modules = AgentModule.class, dependencies = AgentPorts.class)
interface AgentComponent {
  EventLoop loop();

  CollectorSchedule schedule();

  CollectAndShip agent();

  @Component.Factory
  interface Factory {
    AgentComponent create(AgentPorts ports, @BindsInstance CollectorSchedule.Timing timing);
  }
}
