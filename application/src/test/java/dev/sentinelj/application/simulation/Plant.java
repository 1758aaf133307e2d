package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.FaultPlan;
import dev.sentinelj.adapters.memory.InMemoryAgentRegistry;
import dev.sentinelj.adapters.memory.InMemoryDatabase;
import dev.sentinelj.adapters.memory.InMemorySecretVault;
import dev.sentinelj.application.gateway.Enrolment;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.signing.Purpose;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.sim.SimulatedProcess;
import dev.sentinelj.testkit.sim.SimulatedWorld;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Two agents, two gateways, two workers, one broker and one database. For a while everything that
 * can fail does; then nothing does any more, and what was promised must come true within a bound.
 */
final class Plant {
  static final int PARTITIONS = 2;
  private static final long FAULTS_MILLIS = 40_000;
  private static final long LIVENESS_MILLIS = 30 * 60_000L;
  private static final double FAULTY_CALLS = 0.03;

  private final SimulatedWorld world;
  private final Sabotage sabotage;
  private final InMemorySecretVault vault = new InMemorySecretVault();
  private final InMemoryDatabase database;
  private final Book book;
  private final MacKey clusterKey;
  private final SimulatedProcess network;
  private final RandomGenerator chaos;
  private final RandomGenerator repeats;
  private final WatchedBus bus;
  private final WatchedStore store;
  private final List<SimulatedAgent> agents;
  private final List<SimulatedGateway> gateways;
  private final List<SimulatedWorker> workers;
  private final Verdict verdict;
  private FaultPlan plan = FaultPlan.none();
  private boolean calm = true;
  private boolean collecting = true;
  private double lastValue;
  private @Nullable AssertionError broken;

  Plant(SimulatedWorld world, Sabotage sabotage) {
    this.world = world;
    this.sabotage = sabotage;
    this.database = new InMemoryDatabase(() -> world.now().wallMillis(), PARTITIONS);
    this.book = new Book(database);
    this.clusterKey = MacKey.derive(Secret.random(world.newRandom()), Purpose.FRAME);
    this.network = world.process("network");
    this.chaos = world.newRandom();
    this.repeats = world.newRandom();
    this.bus = new WatchedBus(this);
    this.store = new WatchedStore(this);
    this.gateways =
        IntStream.range(0, 2).mapToObj(i -> new SimulatedGateway(this, "gateway " + i)).toList();
    this.workers =
        IntStream.range(0, 2).mapToObj(i -> new SimulatedWorker(this, "worker " + i)).toList();
    this.agents = IntStream.range(0, 2).mapToObj(_ -> enrolled()).toList();
    this.verdict = new Verdict(this);
  }

  private SimulatedAgent enrolled() {
    Enrolment enrolment =
        new Enrolment(new InMemoryAgentRegistry(database, Runnable::run), vault, world.newRandom());
    EnrolAgents.TokenRequest request =
        new EnrolAgents.TokenRequest(Optional.empty(), Map.of(), 1, Duration.ofHours(1));
    Principal operator = new Principal("operator", Role.ADMIN);
    String token = Stages.await(enrolment.createToken(request, operator, world.now())).token();
    EnrolAgents.Enrolled answer =
        Stages.await(enrolment.enrol(token, "hardware", "1", world.now()));
    if (answer instanceof EnrolAgents.Enrolled.Welcome welcome) {
      return new SimulatedAgent(
          this, welcome.agent(), new AgentKey(welcome.key(), welcome.secret()));
    }
    throw new AssertionError("not let in: " + answer);
  }

  /** Lives through everything and checks it. */
  void run() {
    calm = false;
    faults(FaultPlan.seeded(world.newRandom(), FAULTY_CALLS, FAULTY_CALLS));
    Chaos mischief = new Chaos(this, chaos);
    long nextCheck = 0;
    while (elapsed() < FAULTS_MILLIS) {
      mischief.next();
      pass(chaos.nextLong(200, 2_500));
      if (elapsed() >= nextCheck) {
        verdict.checkNow();
        nextCheck = elapsed() + 1_000;
      }
    }
    mischief.end();
    calm = true;
    faults(FaultPlan.none());
    pass(3_000);
    collecting = false;
    drain();
    verdict.checkAtEnd();
  }

  private void drain() {
    long end = elapsed() + LIVENESS_MILLIS;
    boolean drained = false;
    while (!drained && elapsed() < end) {
      pass(2_000);
      verdict.checkNow();
      drained = verdict.drained();
    }
    if (!drained) {
      agents.forEach(agent -> world.trace(agent.describe()));
      workers.forEach(worker -> world.trace(worker.describe()));
      throw new AssertionError("not drained in time: " + verdict.missing());
    }
    pass(3_000);
  }

  private void pass(long millis) {
    world.run(millis);
    if (broken != null) {
      throw broken;
    }
  }

  /** Runs a check whose failure must not get lost in somebody's future. */
  void watch(Runnable check) {
    try {
      check.run();
    } catch (AssertionError e) {
      broken = broken == null ? e : broken;
    }
  }

  /** Runs {@code question} while the database answers everybody. */
  void undisturbed(Runnable question) {
    database.faults(FaultPlan.none());
    question.run();
    database.faults(plan);
  }

  /** From now on calls on the database fail as {@code now} says. */
  void faults(FaultPlan now) {
    plan = now;
    database.faults(now);
  }

  long elapsed() {
    return world.events().elapsedMillis();
  }

  SimulatedGateway anyGateway(RandomGenerator random) {
    List<SimulatedGateway> living = gateways.stream().filter(SimulatedGateway::alive).toList();
    List<SimulatedGateway> from = living.isEmpty() ? gateways : living;
    return from.get(random.nextInt(from.size()));
  }

  boolean losesMessage(RandomGenerator random) {
    return !calm && random.nextInt(60) == 0;
  }

  void repeatLater(Runnable again) {
    if (!calm && repeats.nextInt(25) == 0) {
      network.schedule(repeats.nextLong(15_000), again);
    }
  }

  /** A value that no other sample has. */
  double nextValue() {
    return ++lastValue;
  }

  SimulatedWorld world() {
    return world;
  }

  Sabotage sabotage() {
    return sabotage;
  }

  InMemorySecretVault vault() {
    return vault;
  }

  InMemoryDatabase database() {
    return database;
  }

  Book book() {
    return book;
  }

  MacKey clusterKey() {
    return clusterKey;
  }

  Executor network() {
    return network;
  }

  WatchedBus bus() {
    return bus;
  }

  WatchedStore store() {
    return store;
  }

  List<SimulatedAgent> agents() {
    return agents;
  }

  List<SimulatedGateway> gateways() {
    return gateways;
  }

  List<SimulatedWorker> workers() {
    return workers;
  }

  boolean calm() {
    return calm;
  }

  boolean collecting() {
    return collecting;
  }
}
