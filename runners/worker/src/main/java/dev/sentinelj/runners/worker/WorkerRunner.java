package dev.sentinelj.runners.worker;

import dev.sentinelj.application.worker.WorkerStatus;
import dev.sentinelj.ports.driving.ServerStatus;

/** A running worker. */
public final class WorkerRunner implements AutoCloseable {
  private final Strands strands;
  private final WorkerStatus status;

  private WorkerRunner(WorkerComponent component) {
    this.strands = component.strands();
    this.status = new WorkerStatus(component.counters(), strands.all());
  }

  /** Starts to take partitions and to move their batches into the store. */
  public static WorkerRunner start(WorkerPorts ports, WorkerConfig config) {
    WorkerRunner runner = new WorkerRunner(DaggerWorkerComponent.factory().create(ports, config));
    runner.strands.start();
    return runner;
  }

  public ServerStatus status() {
    return status;
  }

  @Override
  public void close() {
    strands.close();
  }
}
