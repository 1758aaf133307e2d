package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.DatabaseImage;
import dev.sentinelj.adapters.memory.FaultPlan;
import dev.sentinelj.adapters.memory.InMemoryAgentRegistry;
import dev.sentinelj.adapters.memory.InMemoryDatabase;
import dev.sentinelj.adapters.memory.InMemorySecretVault;
import dev.sentinelj.application.gateway.Enrolment;
import dev.sentinelj.application.simulation.Broken.Promise;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.signing.Purpose;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.sim.SimulatedProcess;
import dev.sentinelj.testkit.sim.SimulatedWorld;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Agents, gateways, workers, one broker and one database. For a while what the scenario lists goes
 * wrong; then nothing does any more, and what was promised must come true within a bound.
 */
final class Plant {
  /** Within so long everything is in the database of agents whose logs have no twin. */
  private static final long UNAIDED_MILLIS = 6 * 60_000L;

  private static final long LIVENESS_MILLIS = 45 * 60_000L;
  private static final long CHECK_MILLIS = 1_000;
  private static final int MOST_AGENTS = 6;
  private static final long RESTART_MILLIS = 60_000;

  /** A message that is repeated on its way comes so late at most. */
  private static final long MOST_LATE_MILLIS = 15_000;

  private final SimulatedWorld world;
  private final Scenario scenario;
  private final Sabotage sabotage;
  private final InMemorySecretVault vault = new InMemorySecretVault();
  private final InMemoryDatabase database;
  private final Book book;
  private final MacKey clusterKey;
  private final SimulatedProcess network;
  private final RandomGenerator repeats;
  private final WatchedBus bus;
  private final WatchedStore store;
  private final List<SimulatedAgent> agents = new ArrayList<>();
  private final List<SimulatedGateway> gateways;
  private final List<SimulatedWorker> workers;
  private final Checks checks;
  private DatabaseImage saved;
  private boolean wentBack;
  private FaultPlan plan = FaultPlan.none();
  private boolean calm = true;
  private boolean collecting = true;
  private double lastValue;
  private @Nullable AssertionError broken;

  private Plant(SimulatedWorld world, Scenario scenario, Sabotage sabotage) {
    this.world = world;
    this.scenario = scenario;
    this.sabotage = sabotage;
    this.database = new InMemoryDatabase(() -> world.now().wallMillis(), option(Option.PARTITIONS));
    this.book = new Book(database);
    this.clusterKey = MacKey.derive(Secret.random(world.newRandom()), Purpose.FRAME);
    this.network = world.process("network");
    this.repeats = world.newRandom();
    this.bus = new WatchedBus(this);
    this.store = new WatchedStore(this);
    this.gateways =
        IntStream.range(0, option(Option.GATEWAYS))
            .mapToObj(i -> new SimulatedGateway(this, "gateway " + i))
            .toList();
    this.workers =
        IntStream.range(0, option(Option.WORKERS))
            .mapToObj(i -> new SimulatedWorker(this, "worker " + i))
            .toList();
    IntStream.range(0, option(Option.AGENTS)).forEach(_ -> agents.add(enrolled()));
    this.checks = new Checks(this);
    this.saved = database.image();
  }

  /**
   * Lives through a scenario and says what came of it.
   *
   * @throws Broken when a promise was, with what happened before
   */
  static Tally run(Scenario scenario, Sabotage sabotage) {
    SimulatedWorld world = new SimulatedWorld(scenario.seed());
    try {
      return new Plant(world, scenario, sabotage).live();
    } catch (Broken e) {
      throw e.after(world);
    } catch (RuntimeException | AssertionError e) {
      throw Broken.unexpected(e).after(world);
    }
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
    throw new IllegalStateException("not let in: " + answer);
  }

  private Tally live() {
    Mischief mischief = new Mischief(this);
    calm = false;
    network.setMaxDelay(scenario.options().get(Option.NETWORK_MILLIS));
    databaseBack();
    mischief.plan(scenario.events());
    while (elapsed() < scenario.options().get(Option.FAULTS_MILLIS)) {
      pass(CHECK_MILLIS);
      undisturbed(checks::now);
    }
    mischief.end();
    calm = true;
    faults(FaultPlan.none());
    pass(3_000);
    collecting = false;
    drain();
    return new Judgement(this).tally();
  }

  /** First without help; then agents with twins start again until they have met these. */
  private void drain() {
    boolean drained = drainsWithin(UNAIDED_MILLIS, () -> {});
    if (bus.lostSome() && !checks.stuckAlone().isEmpty()) {
      // nobody can know of messages that were never read, and the lane may be silent since
      drained =
          drainsWithin(
              scenario.options().get(Option.RESEND_ANYWAY_MILLIS) + UNAIDED_MILLIS, () -> {});
    }
    if (!drained) {
      List<String> stuck = checks.stuckAlone();
      Broken.unless(stuck.isEmpty(), Promise.IT_DRAINS, () -> describe() + stuck);
      // a log that ends compares its last segment too, and so meets its twin's records
      drained = drainsWithin(LIVENESS_MILLIS, () -> agents.forEach(SimulatedAgent::restart));
    }
    Broken.unless(drained, Promise.IT_DRAINS, () -> describe() + checks.backlog());
    pass(3_000);
    checks.nothingDropped();
  }

  private String describe() {
    agents.forEach(agent -> world.trace(agent.describe()));
    workers.forEach(worker -> world.trace(worker.describe()));
    return "";
  }

  private boolean drainsWithin(long millis, Runnable eachMinute) {
    long end = elapsed() + millis;
    long quietAt = elapsed() + MOST_LATE_MILLIS;
    long nextAt = elapsed();
    boolean drained = false;
    while (!(drained && elapsed() >= quietAt) && elapsed() < end) {
      if (elapsed() >= nextAt) {
        eachMinute.run();
        nextAt = elapsed() + RESTART_MILLIS;
      }
      pass(2_000);
      checks.now();
      drained = checks.drained();
    }
    return drained;
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
    } catch (Broken e) {
      broken = broken == null ? e : broken;
    }
  }

  /** Runs {@code question} while the database answers everybody. */
  private void undisturbed(Runnable question) {
    database.faults(FaultPlan.none());
    question.run();
    database.faults(plan);
  }

  /** Somebody copies an agent's directory and starts an agent on the copy as well. */
  void copyAgent(SimulatedAgent agent) {
    if (agents.size() < MOST_AGENTS) {
      book.forked(agent.epoch().agent());
      agents.add(new SimulatedAgent(agent));
    }
  }

  /** A disk held {@code batches} and does not any more; what no other holds is gone. */
  void diskLost(SimulatedAgent of, List<SignedBatch> batches) {
    book.setBack(of.epoch().agent(), contents(batches), held());
  }

  /** What any log holds, as its original. */
  Set<Sha256> held() {
    Set<Sha256> held = new HashSet<>();
    agents.forEach(agent -> held.addAll(contents(agent.batches())));
    return held;
  }

  private static Set<Sha256> contents(List<SignedBatch> batches) {
    Set<Sha256> contents = new HashSet<>();
    batches.forEach(batch -> contents.add(Book.original(batch).contentHash()));
    return contents;
  }

  void saveDatabase() {
    saved = database.image();
  }

  /** What the ledger had counts where a log deletes what it asked about before. */
  void restoreDatabase() {
    wentBack = true;
    book.archive(database.ledger());
    database.restore(saved);
    bus.checkAnew();
    checks.databaseWentBack();
  }

  /** Whether the database went back to an older state. */
  boolean wentBack() {
    return wentBack;
  }

  void databaseAway() {
    faults(_ -> FaultPlan.Fault.BEFORE);
  }

  void databaseBack() {
    double before = scenario.options().get(Option.DATABASE_ROLLBACKS) / 1_000.0;
    double after = scenario.options().get(Option.DATABASE_ANSWERS_LOST) / 1_000.0;
    faults(
        before + after > 0 ? FaultPlan.seeded(world.newRandom(), before, after) : FaultPlan.none());
  }

  private void faults(FaultPlan now) {
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

  /** Whether a call that fails in this share of all fails this time. */
  boolean fails(Option option, RandomGenerator random) {
    return !calm && scenario.options().happens(option, random);
  }

  void repeatLater(Runnable again) {
    if (fails(Option.MESSAGES_REPEATED, repeats)) {
      network.schedule(repeats.nextLong(MOST_LATE_MILLIS), again);
    }
  }

  /** A value that no other sample has. */
  double nextValue() {
    return ++lastValue;
  }

  int option(Option option) {
    return scenario.options().count(option);
  }

  Scenario scenario() {
    return scenario;
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

  SimulatedProcess network() {
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

  boolean collecting() {
    return collecting;
  }
}
