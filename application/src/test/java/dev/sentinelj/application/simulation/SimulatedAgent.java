package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.DatabaseView;
import dev.sentinelj.adapters.memory.InMemoryBatchCodec;
import dev.sentinelj.adapters.memory.InMemoryBatchLog;
import dev.sentinelj.adapters.memory.InMemoryBatchLogs;
import dev.sentinelj.adapters.memory.InMemoryUplink;
import dev.sentinelj.application.agent.AgentIdentity;
import dev.sentinelj.application.agent.BatcherOptions;
import dev.sentinelj.application.agent.CollectAndShip;
import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.application.agent.ExporterOptions;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** An agent through all its lives: what is on its disk stays, everything else is made anew. */
final class SimulatedAgent extends Lives implements Uplink {
  static final List<String> NAMES = List.of("left", "right");
  private static final int MOST_SOURCES = 3;
  private static final Duration PREFIX_LOST_AFTER = Duration.ofSeconds(20);

  /** How long a connection may bring nothing before it breaks. */
  private static final long MOST_SILENT_MILLIS = 10_000;

  private final Plant plant;
  private final AgentId id;
  private final AgentKey key;
  private final RandomGenerator random;
  private final List<InMemoryUplink> uplinks = new ArrayList<>();
  private InMemoryBatchLogs disk;
  private InMemoryBatchLogs image;
  private CollectAndShip agent;
  private final Slips slips;

  /** What this life read and was not turned away; a batch holds it, or will. */
  private final Set<Double> read = new HashSet<>();

  private boolean reachable = true;
  private boolean tearing;
  private long skewMillis;

  SimulatedAgent(Plant plant, AgentId id, AgentKey key) {
    super(plant.world(), "agent " + id);
    this.plant = plant;
    this.id = id;
    this.key = key;
    this.random = plant.world().newRandom();
    this.slips = new Slips(plant.sabotage(), key);
    this.disk =
        new InMemoryBatchLogs(random::nextLong, plant.option(Option.SEGMENT_BYTES), 1 << 24);
    this.image = disk.copy(random::nextLong);
    begin(process());
  }

  /** Another agent whose directory was copied from {@code other}, which lives on. */
  SimulatedAgent(SimulatedAgent other) {
    super(other.plant.world(), "twin of " + other.name());
    this.plant = other.plant;
    this.id = other.id;
    this.key = other.key;
    this.random = plant.world().newRandom();
    this.slips = new Slips(plant.sabotage(), key);
    this.disk = other.disk.copy(random::nextLong);
    this.image = disk.copy(random::nextLong);
    begin(process());
  }

  EpochId epoch() {
    return new EpochId(id, disk.current().epoch());
  }

  /** Whether one of its logs writes or wrote this epoch. */
  boolean holds(EpochId epoch) {
    return epoch().equals(epoch)
        || disk.formers().stream().anyMatch(log -> log.epoch() == epoch.epoch());
  }

  /** Everything on its disk. */
  List<SignedBatch> batches() {
    List<SignedBatch> all = new ArrayList<>(held(disk.current()));
    disk.formers().forEach(log -> all.addAll(held(log)));
    return all;
  }

  private static List<SignedBatch> held(BatchLog log) {
    return log.read(1, Integer.MAX_VALUE, Long.MAX_VALUE);
  }

  /** The machine it runs on is saved. */
  void save() {
    image = disk.copy(random::nextLong);
  }

  /** The machine is set back to what was saved last. */
  void setBack(long awayMillis) {
    kill();
    List<SignedBatch> before = batches();
    disk = image.copy(random::nextLong);
    plant.diskLost(this, before);
    beginAfter(awayMillis);
  }

  /** Power goes: the log is all that is left. */
  @Override
  protected final void died() {
    cut();
    read.clear();
    disk = tearing ? disk.crashTearingTheLast() : disk.crash(random.nextInt(3));
    if (plant.sabotage() == Sabotage.TORN_SEQ_USED_AGAIN) {
      disk.forgetTorn();
    }
  }

  /** A record that was durable cannot be read any more. */
  void damage(long which) {
    InMemoryBatchLog log = disk.current();
    long seq = log.durableThrough() - which;
    if (seq >= log.firstSeq()) {
      log.read(seq, 1, 1).forEach(plant.book()::spoiled);
      log.damage(seq);
    }
  }

  /** Power fails, and the record written last cannot be read when it is back. */
  void tear(long awayMillis) {
    InMemoryBatchLog log = disk.current();
    log.read(log.durableThrough(), 1, 1).forEach(plant.book()::spoiled);
    tearing = true;
    killAfter(0, awayMillis);
    tearing = false;
  }

  /** It stops in order and begins again. */
  void restart() {
    disk.sync();
    kill();
    beginIfDead();
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
    process().setWallOffset(millis);
  }

  /** Whether everything that was read is on the disk. */
  boolean idle() {
    return agent.status(process().now()).batching().waitingBytes() == 0
        && disk.formers().isEmpty()
        && disk.current().torn().isEmpty()
        && disk.current().damaged().isEmpty();
  }

  /** How many seqs were given out that the database does not know of. */
  long backlog(DatabaseView database) {
    return disk.current().nextSeq() - 1 - database.progress(epoch()).through();
  }

  String describe() {
    return name() + " " + agent.status(process().now());
  }

  @Override
  protected final void begin(SimulatedProcess process) {
    process.setWallOffset(skewMillis);
    disk.holdSyncs();
    Executor mailbox = process.inOrder();
    agent =
        new CollectAndShip(
            new AgentIdentity(id, "simulated", () -> key),
            new WatchedLogs(plant, process, disk),
            new InMemoryBatchCodec(),
            this,
            (batch, reason) -> {
              throw new IllegalStateException(batch + " was refused for good: " + reason);
            },
            batching(),
            shipping(),
            random,
            mailbox,
            process::now);
    CollectorSchedule schedule = schedule(process);
    process.every(100, () -> mailbox.execute(() -> poll(schedule, process.now())));
  }

  private BatcherOptions batching() {
    return new BatcherOptions(
        Duration.ofMillis(plant.option(Option.BATCH_MILLIS)),
        Duration.ofMillis(500),
        plant.option(Option.BATCH_SAMPLES),
        4_096,
        64 << 10);
  }

  private ExporterOptions shipping() {
    return new ExporterOptions(
        plant.option(Option.IN_FLIGHT),
        1 << 20,
        plant.option(Option.BACKLOG_PER_POLL),
        Duration.ofMillis(plant.option(Option.HOLD_BACK_MILLIS)),
        Duration.ofSeconds(6),
        Duration.ofMillis(plant.option(Option.RESEND_ANYWAY_MILLIS)),
        PREFIX_LOST_AFTER);
  }

  private CollectorSchedule schedule(SimulatedProcess process) {
    Duration interval = Duration.ofMillis(plant.option(Option.READ_MILLIS));
    List<MetricSource> sources = new ArrayList<>();
    for (int i = 0; i < Math.min(MOST_SOURCES, plant.option(Option.SOURCES)); i++) {
      sources.add(new Source("abc".substring(i, i + 1)));
    }
    return new CollectorSchedule(
        sources, new CollectorSchedule.Timing(interval, interval), random, process.now());
  }

  private void poll(CollectorSchedule schedule, Now now) {
    for (MetricSource source : schedule.poll(now)) {
      if (plant.collecting()) {
        collect(source.read(now.wallMillis()), now);
      }
      schedule.finished(source);
    }
    agent.poll(now);
  }

  private void collect(MetricSource.Reading reading, Now now) {
    if (agent.add(reading, now)) {
      Book.cellsOf(reading.columns()).stream()
          .map(Book.Cell::value)
          .filter(value -> !Double.isNaN(value))
          .forEach(read::add);
    }
  }

  /** Values that this life read and that no log was given, although it let them in. */
  List<Double> dropped() {
    return read.stream().filter(value -> plant.book().fact(value) == null).toList();
  }

  /** Reaches one of the gateways that live, or none. */
  @Override
  public Session open(Opening opening, Consumer<Downlink> events) {
    SimulatedGateway gateway = plant.anyGateway(random);
    BlackHole hole = new BlackHole();
    InMemoryUplink uplink =
        new InMemoryUplink(gateway, gateway::now, plant.network(), random, _ -> hole.swallows());
    hole.uplink = uplink;
    uplink.reachable(reachable && gateway.alive());
    gateway.connected(uplink);
    uplinks.add(uplink);
    return slips.open(uplink, opening, events);
  }

  /** A connection that once lost a message brings nothing any more, and breaks some time later. */
  private final class BlackHole {
    private @Nullable InMemoryUplink uplink;
    private boolean open;

    boolean swallows() {
      if (!open && plant.fails(Option.MESSAGES_LOST, random)) {
        open = true;
        plant.network().schedule(random.nextLong(MOST_SILENT_MILLIS), this::reset);
      }
      return open;
    }

    private void reset() {
      if (uplink != null) {
        uplink.cut();
      }
    }
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
      boolean nan = plant.scenario().options().happens(Option.NANS, random);
      columns.set(0, 0, plant.nextValue());
      columns.set(1, 0, nan ? Double.NaN : plant.nextValue());
      return new Reading(set, columns.build());
    }
  }
}
