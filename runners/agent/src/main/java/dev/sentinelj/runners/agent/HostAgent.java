package dev.sentinelj.runners.agent;

import dev.sentinelj.adapters.files.FileAgentIdentity;
import dev.sentinelj.adapters.files.FileAgentIdentity.Identity;
import dev.sentinelj.adapters.files.FileBatchLogs;
import dev.sentinelj.adapters.files.FileRefusedBatches;
import dev.sentinelj.adapters.files.WalConfig;
import dev.sentinelj.adapters.grpc.GrpcEnrolment;
import dev.sentinelj.adapters.grpc.GrpcUplink;
import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.adapters.sysinfo.HostIdentity;
import dev.sentinelj.adapters.sysinfo.HostSources;
import dev.sentinelj.application.agent.AgentIdentity;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLogs;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.ports.driven.RefusedBatches;
import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.ports.driven.Uplink;
import dev.sentinelj.runners.runtime.ShutdownSequence;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The agent of this host: who it is, its log, what it reads, and its way to a gateway. */
public record HostAgent(
    AgentIdentity identity,
    BatchLogs batchLogs,
    BatchCodec batchCodec,
    RefusedBatches refusedBatches,
    Uplink uplink,
    List<MetricSource> sources)
    implements AgentPorts {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /**
   * Where an agent keeps things and whom it talks to.
   *
   * @param wal limits of its log
   */
  public record Place(Path directory, WalConfig wal, InetSocketAddress gateway, String version) {}

  /**
   * Opens the agent of a directory, and enrols it when it has no name yet.
   *
   * @param joinToken asked for only when it must enrol
   * @throws PortUnavailableException when it must enrol and the gateway does not let it in
   */
  public static HostAgent open(
      Place place, SecretVault vault, Supplier<String> joinToken, ShutdownSequence shutdown) {
    Path directory = place.directory();
    FileAgentIdentity file = new FileAgentIdentity(directory.resolve("identity"), vault);
    Optional<Identity> known = file.load();
    Identity identity = known.orElseGet(() -> enrol(place, joinToken.get()));
    AgentKey key = new AgentKey(identity.key(), identity.secret());
    Path wal = directory.resolve("wal");
    FileBatchLogs logs =
        shutdown.closeLater(
            "agent's log", OwnLog.open(wal, place.wal(), identity.agent(), known.isEmpty()));
    if (known.isEmpty()) {
      file.save(identity); // after the log: until then it may enrol again
    }
    return new HostAgent(
        new AgentIdentity(identity.agent(), place.version(), () -> key),
        logs,
        new ProtobufBatchCodec(),
        new FileRefusedBatches(directory.resolve("refused")),
        new GrpcUplink(place.gateway()),
        HostSources.all());
  }

  private static Identity enrol(Place place, String joinToken) {
    InetSocketAddress gateway = place.gateway();
    return switch (ask(place, joinToken)) {
      case GrpcEnrolment.Outcome.Enrolled(var agent, var key, var secret, var _) ->
          new Identity(agent, key, secret, address(gateway));
      case GrpcEnrolment.Outcome.Refused(String message) ->
          throw new PortUnavailableException("the agent of this host was not let in: " + message);
    };
  }

  private static GrpcEnrolment.Outcome ask(Place place, String joinToken) {
    String hardware = HostIdentity.ofThisHost().hardwareId();
    try {
      return GrpcEnrolment.enrol(place.gateway(), joinToken, hardware, place.version())
          .toCompletableFuture()
          .get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new PortUnavailableException(
          "no gateway answers the enrolment at "
              + address(place.gateway())
              + ": start it with ./sentinel up, or set server.address and server.port",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PortUnavailableException("the enrolment was interrupted", e);
    }
  }

  /** As people write it; the class itself would begin with a slash. */
  private static String address(InetSocketAddress gateway) {
    return gateway.getHostString() + ":" + gateway.getPort();
  }
}
