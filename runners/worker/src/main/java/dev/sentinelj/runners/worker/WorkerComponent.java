package dev.sentinelj.runners.worker;

import dagger.BindsInstance;
import dagger.Component;
import dev.sentinelj.application.status.Counters;
import jakarta.inject.Singleton;

@Singleton
@Component(modules = WorkerModule.class)
interface WorkerComponent {
  Counters counters();

  Strands strands();

  @Component.Factory
  interface Factory {
    WorkerComponent create(@BindsInstance WorkerPorts ports, @BindsInstance WorkerConfig config);
  }
}
