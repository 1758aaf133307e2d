package dev.sentinelj.runners.standalone;

import dev.sentinelj.adapters.files.BusConfig;
import dev.sentinelj.adapters.files.DataDirectory;
import dev.sentinelj.adapters.files.FileBatchBus;
import dev.sentinelj.adapters.files.FileClusterKey;
import dev.sentinelj.adapters.files.TinkSecretVault;
import dev.sentinelj.adapters.sysinfo.HostIdentity;
import dev.sentinelj.adapters.timescale.Database;
import dev.sentinelj.adapters.timescale.Migrations;
import dev.sentinelj.application.access.Operators;
import dev.sentinelj.core.access.Password;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.replay.ReplayWindow;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.signing.Purpose;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.runners.agent.AgentRunner;
import dev.sentinelj.runners.agent.HostAgent;
import dev.sentinelj.runners.cli.UpOptions;
import dev.sentinelj.runners.runtime.CombinedStatus;
import dev.sentinelj.runners.runtime.ShutdownSequence;
import dev.sentinelj.runners.runtime.SystemClock;
import dev.sentinelj.runners.server.ServerConfig;
import dev.sentinelj.runners.server.ServerRunner;
import dev.sentinelj.runners.worker.WorkerConfig;
import dev.sentinelj.runners.worker.WorkerRunner;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Everything of one machine, running: opened from the ground up, closed from the top down. */
final class Installation implements AutoCloseable {
  private static final int POOL = 8;
  private static final long START_SECONDS = 30;

  private final ShutdownSequence shutdown = new ShutdownSequence();
  private final SecureRandom random = new SecureRandom();
  private final Home home;
  private final UpConfig config;
  private final boolean ephemeral;
  private final boolean newPassword;
  private final CombinedStatus status = new CombinedStatus();
  private Optional<String> firstPassword = Optional.empty();
  private String store = "memory: gone when this process ends";
  private int httpPort;
  private int grpcPort;

  private Installation(Home home, UpConfig config, UpOptions options) {
    this.home = home;
    this.config = config;
    this.ephemeral = options.ephemeral();
    this.newPassword = options.newPassword();
  }

  /**
   * Starts everything. Settings and ports are looked at before anything is made on disk. What is
   * ephemeral stands in a temporary directory, which goes at the end; an agent that kept its name
   * would not be known to the empty registry of the next start.
   *
   * @throws StartException when something is in the way
   */
  static Installation start(UpOptions options) {
    UpConfig config = UpConfig.read(new Home(options.home()), options);
    Home home = options.ephemeral() ? Home.temporary() : new Home(options.home());
    System.setProperty("sentinel.logs", home.logs().toString()); // before the first logger
    Installation installation = new Installation(home, config, options);
    try {
      installation.start();
      return installation;
    } catch (RuntimeException e) {
      installation.close();
      throw e;
    }
  }

  Home home() {
    return home;
  }

  String url() {
    return "http://" + config.bind().getHostAddress() + ":" + httpPort;
  }

  int grpcPort() {
    return grpcPort;
  }

  boolean ephemeral() {
    return ephemeral;
  }

  Optional<String> firstPassword() {
    return firstPassword;
  }

  String store() {
    return store;
  }

  @Override
  public void close() {
    shutdown.close();
  }

  private void start() {
    if (ephemeral) {
      shutdown.closeLater("temporary directory", () -> PostgresBinaries.deleteTree(home.root()));
    }
    boolean existed = Files.exists(home.root());
    if (existed) {
      shutdown.closeLater("data directory", DataDirectory.open(home.root()));
    }
    Ports.requireFree(config.bind(), config.httpPort(), "http-port");
    Ports.requireFree(config.bind(), config.grpcPort(), "grpc-port");
    if (!existed) {
      shutdown.closeLater("data directory", DataDirectory.open(home.root()));
    }
    SecretVault vault =
        TinkSecretVault.open(
            home.keys(), Optional.ofNullable(System.getenv(TinkSecretVault.PASSPHRASE_VARIABLE)));
    Backend backend = ephemeral ? Backend.inMemory(vault, clusterKey(vault)) : onDisk(vault);
    startWorker(backend);
    ServerRunner server = startServer(backend, vault);
    startAgent(vault, server);
    CommandLineAccess.give(home.root(), url(), server.operators());
    firstPassword =
        server
            .operators()
            .createFirstAdmin(SystemClock.wallMillis())
            .or(() -> newPassword ? changedPassword(backend) : Optional.empty());
  }

  private Optional<String> changedPassword(Backend backend) {
    String password = Password.random(random);
    backend.operatorStore().changePassword(Operators.FIRST, Password.hash(password, random));
    return Optional.of(password);
  }

  private Backend onDisk(SecretVault vault) {
    EmbeddedPostgres postgres =
        shutdown.closeLater(
            "database server",
            EmbeddedPostgres.start(home.postgres(), DatabasePassword.of(home, vault, random)));
    Database database =
        shutdown.closeLater(
            "database",
            new Database(
                new Database.Access(
                    postgres.jdbcUrl(), EmbeddedPostgres.USER, postgres.password(), POOL)));
    int partitions = Migrations.run(database, UpConfig.PARTITIONS, Migrations.Durability.REQUIRED);
    FileBatchBus bus =
        shutdown.closeLater(
            "bus",
            FileBatchBus.open(
                home.bus(),
                new BusConfig(
                    partitions,
                    config.busSegmentBytes(),
                    config.busBytes(),
                    BusConfig.defaults().minFreeBytes()),
                SystemClock::wallMillis));
    Backend backend =
        Backend.onDisk(database, postgres.address(), bus, vault, clusterKey(vault), shutdown);
    store = backend.metricQueries().describe();
    return backend;
  }

  private void startWorker(Backend backend) {
    String name = "up-" + ProcessHandle.current().pid() + "-" + Long.toHexString(random.nextLong());
    WorkerRunner worker =
        shutdown.closeLater(
            "worker", WorkerRunner.start(backend, new WorkerConfig(name, config.strands())));
    status.add(worker.status());
  }

  private ServerRunner startServer(Backend backend, SecretVault vault) {
    ServerConfig settings =
        new ServerConfig(
            config.bind(),
            config.grpcPort(),
            config.httpPort(),
            FileClusterKey.openOrCreate(home.keys().resolve("access-tokens"), vault, random),
            SessionLimits.DEFAULT,
            ReplayWindow.DEFAULT);
    ServerRunner server =
        shutdown.closeLater("server", ServerRunner.start(backend, settings, status));
    httpPort = server.httpPort();
    grpcPort = server.grpcPort();
    return server;
  }

  private void startAgent(SecretVault vault, ServerRunner server) {
    HostAgent.Place place =
        new HostAgent.Place(
            home.agent(),
            config.log(),
            new InetSocketAddress(config.bind(), grpcPort),
            Version.TEXT);
    HostAgent agent = HostAgent.open(place, vault, () -> joinToken(server.enrolment()), shutdown);
    status.add(shutdown.closeLater("agent", AgentRunner.start(agent, config.timing())));
  }

  /** The agent of this host enrols like any other, with a token made on the spot. */
  private static String joinToken(EnrolAgents enrolment) {
    EnrolAgents.TokenRequest request =
        new EnrolAgents.TokenRequest(
            Optional.of(HostIdentity.ofThisHost().suggestedAgentName()),
            Map.of(),
            1,
            Duration.ofMinutes(5));
    try {
      return enrolment
          .createToken(request, new Principal("sentinel up", Role.ADMIN), SystemClock.now())
          .toCompletableFuture()
          .get(START_SECONDS, TimeUnit.SECONDS)
          .token();
    } catch (ExecutionException | TimeoutException e) {
      throw new StartException("the database did not take a join token: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while the agent enrolled", e);
    }
  }

  private MacKey clusterKey(SecretVault vault) {
    Secret secret = FileClusterKey.openOrCreate(home.keys().resolve("cluster"), vault, random);
    return MacKey.derive(secret, Purpose.FRAME);
  }
}
