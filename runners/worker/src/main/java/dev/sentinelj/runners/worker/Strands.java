package dev.sentinelj.runners.worker;

import dev.sentinelj.application.gateway.AgentDirectory;
import dev.sentinelj.application.status.Counters;
import dev.sentinelj.application.worker.WorkerLimits;
import dev.sentinelj.application.worker.WorkerStrand;
import dev.sentinelj.runners.runtime.EventLoop;
import dev.sentinelj.runners.runtime.SystemClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The strands of a worker, each on a loop of its own; partitions are dealt out among them. */
final class Strands implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Strands.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration RELEASE = Duration.ofSeconds(10);

  private final List<Running> running;

  private record Running(WorkerStrand strand, EventLoop loop) {}

  private Strands(List<Running> running) {
    this.running = running;
  }

  static Strands of(
      WorkerConfig config, WorkerPorts ports, AgentDirectory directory, Counters counters) {
    int count = Math.min(config.strands(), ports.batchBus().partitions());
    return new Strands(
        IntStream.range(0, count)
            .mapToObj(number -> strand(number, count, config, ports, directory, counters))
            .toList());
  }

  private static Running strand(
      int number,
      int count,
      WorkerConfig config,
      WorkerPorts ports,
      AgentDirectory directory,
      Counters counters) {
    String name = config.name() + "/" + number;
    EventLoop loop = new EventLoop("strand-" + number, SystemClock::now);
    List<Integer> partitions =
        IntStream.range(0, ports.batchBus().partitions())
            .filter(partition -> partition % count == number)
            .boxed()
            .toList();
    WorkerStrand strand =
        new WorkerStrand(
            name,
            partitions,
            ports.partitionStore(name),
            ports.batchBus(),
            ports.batchCodec(),
            directory,
            ports.clusterKey(),
            loop,
            WorkerLimits.DEFAULT,
            counters);
    ports.batchBus().onArrival(loop::wake);
    return new Running(strand, loop);
  }

  void start() {
    running.forEach(one -> one.loop().start(one.strand()::poll, POLL));
  }

  List<WorkerStrand> all() {
    return running.stream().map(Running::strand).toList();
  }

  /** Lets the transaction under way end, gives the partitions back, ends the threads. */
  @Override
  public void close() {
    running.forEach(Strands::close);
  }

  private static void close(Running one) {
    CompletableFuture<Void> released = new CompletableFuture<>();
    one.loop().execute(() -> one.strand().close().whenComplete((_, _) -> released.complete(null)));
    try {
      released.get(RELEASE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("a strand did not give its partitions back: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    one.loop().close();
  }
}
