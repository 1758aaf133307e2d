package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.InMemoryBatchCodec;
import dev.sentinelj.adapters.memory.InMemoryBatchLogs;
import dev.sentinelj.adapters.memory.InMemoryUplink;
import dev.sentinelj.application.agent.AgentIdentity;
import dev.sentinelj.application.agent.BatcherOptions;
import dev.sentinelj.application.agent.CollectAndShip;
import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.application.agent.ExporterOptions;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.ports.driven.Uplink;
import dev.sentinelj.testkit.sim.SimulatedProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** An agent through all its lives: what is on its disk stays, everything else is made anew. */
final class SimulatedAgent implements Uplink {
  static final List<String> NAMES = List.of("left", "right");
  private static final int SEGMENT_BYTES = 700;
  private static final BatcherOptions BATCHES =
      new BatcherOptions(Duration.ofSeconds(2), Duration.ofMillis(500), 50, 4_096, 64 << 10);
  private static final ExporterOptions SHIPPING =
      new ExporterOptions(
          8, 1 << 20, 4, Duration.ofSeconds(3), Duration.ofSeconds(6), Duration.ofMinutes(4));

  private final Plant plant;
  private final AgentId id;
  private final AgentKey key;
  private final RandomGenerator random;
  private final List<InMemoryUplink> uplinks = new ArrayList<>();
  private InMemoryBatchLogs disk;
  private SimulatedProcess process;
  private CollectAndShip agent;
  private boolean reachable = true;
  private long skewMillis;

  SimulatedAgent(Plant plant, AgentId id, AgentKey key) {
    this.plant = plant;
    this.id = id;
    this.key = key;
    this.random = plant.world().newRandom();
    this.disk = new InMemoryBatchLogs(random::nextLong, SEGMENT_BYTES, 1 << 24);
    begin();
  }

  EpochId epoch() {
    return new EpochId(id, disk.current().epoch());
  }

  BatchLog log() {
    return disk.current();
  }

  /** Power goes and comes again: the log is all that is left. */
  void restart() {
    process.kill();
    cut();
    disk = disk.crash();
    begin();
  }

  void cut() {
    uplinks.forEach(InMemoryUplink::cut);
    uplinks.clear();
  }

  void reachable(boolean now) {
    reachable = now;
    if (!now) {
      cut();
    }
  }

  void skew(long millis) {
    skewMillis = millis;
    process.setWallOffset(millis);
  }

  /** Whether everything that was read is on the disk. */
  boolean idle() {
    return agent.status(process.now()).batching().waitingBytes() == 0
        && disk.formers().isEmpty()
        && disk.current().torn().isEmpty();
  }

  String describe() {
    return id + " " + agent.status(process.now());
  }

  private void begin() {
    process = plant.world().process("agent " + id);
    process.setWallOffset(skewMillis);
    disk.holdSyncs();
    Executor mailbox = process.inOrder();
    SimulatedProcess life = process;
    agent =
        new CollectAndShip(
            new AgentIdentity(id, "simulated", () -> key),
            new WatchedLogs(disk, plant.book()),
            new InMemoryBatchCodec(),
            this,
            (batch, reason) -> {
              throw new AssertionError(batch + " was refused for good: " + reason);
            },
            BATCHES,
            SHIPPING,
            random,
            mailbox,
            life::now);
    CollectorSchedule schedule =
        new CollectorSchedule(
            List.of(new Source("a"), new Source("b")),
            new CollectorSchedule.Timing(Duration.ofSeconds(1), Duration.ofSeconds(1)),
            random,
            life.now());
    process.every(100, () -> mailbox.execute(() -> poll(schedule, life.now())));
    process.every(35, disk::sync);
  }

  private void poll(CollectorSchedule schedule, Now now) {
    for (MetricSource source : schedule.poll(now)) {
      if (plant.collecting()) {
        agent.add(source.read(now.wallMillis()), now);
      }
      schedule.finished(source);
    }
    agent.poll(now);
  }

  /** Reaches one of the gateways that live, or none. */
  @Override
  public Session open(Opening opening, Consumer<Downlink> events) {
    SimulatedGateway gateway = plant.anyGateway(random);
    InMemoryUplink uplink =
        new InMemoryUplink(
            gateway, gateway::now, plant.network(), random, _ -> plant.losesMessage(random));
    uplink.reachable(reachable && gateway.alive());
    gateway.connected(uplink);
    uplinks.add(uplink);
    return uplink.open(opening, events);
  }

  /** Two series of values that exist once in the world, now and then no number. */
  private final class Source implements MetricSource {
    private final String name;
    private final SeriesSet set;

    Source(String name) {
      this.name = name;
      Map<String, String> labels = Map.of("source", name, "kind", "" + random.nextInt(2));
      this.set = SeriesSet.of(NAMES.stream().map(one -> Series.gauge(one, "1", labels)).toList());
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Reading read(long nowMillis) {
      Columns.Builder columns = new Columns.Builder(2, nowMillis);
      columns.set(0, 0, plant.nextValue());
      columns.set(1, 0, random.nextInt(60) == 0 ? Double.NaN : plant.nextValue());
      return new Reading(set, columns.build());
    }
  }
}
