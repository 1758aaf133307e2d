package dev.sentinelj.runners.standalone;

import dev.sentinelj.adapters.files.FileAgentIdentity;
import dev.sentinelj.adapters.files.FileAgentIdentity.Identity;
import dev.sentinelj.adapters.files.FileBatchLog;
import dev.sentinelj.adapters.files.FileRefusedBatches;
import dev.sentinelj.adapters.files.WalConfig;
import dev.sentinelj.adapters.grpc.GrpcEnrolment;
import dev.sentinelj.adapters.grpc.GrpcUplink;
import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.adapters.sysinfo.HostIdentity;
import dev.sentinelj.adapters.sysinfo.HostSources;
import dev.sentinelj.application.agent.AgentIdentity;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.ports.driven.RefusedBatches;
import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.ports.driven.Uplink;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.runners.agent.AgentPorts;
import dev.sentinelj.runners.runtime.ShutdownSequence;
import dev.sentinelj.runners.runtime.SystemClock;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The agent of this host: who it is, its log, and its way to the gateway in the same process. */
record AgentHome(
    AgentIdentity identity,
    BatchLog batchLog,
    BatchCodec batchCodec,
    RefusedBatches refusedBatches,
    Uplink uplink,
    List<MetricSource> sources)
    implements AgentPorts {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Opens the agent of {@code directory}, and enrols it like any other when it has no name yet. */
  static AgentHome open(
      Path directory,
      long logBytes,
      SecretVault vault,
      InetSocketAddress gateway,
      EnrolAgents enrolment,
      String version,
      ShutdownSequence shutdown) {
    FileAgentIdentity file = new FileAgentIdentity(directory.resolve("identity"), vault);
    Identity identity = file.load().orElseGet(() -> enrol(file, gateway, enrolment, version));
    AgentKey key = new AgentKey(identity.key(), identity.secret());
    FileBatchLog log =
        shutdown.closeLater(
            "agent's log", FileBatchLog.open(directory.resolve("wal"), wal(logBytes)));
    return new AgentHome(
        new AgentIdentity(identity.agent(), version, () -> key),
        log,
        new ProtobufBatchCodec(),
        new FileRefusedBatches(directory.resolve("refused")),
        new GrpcUplink(gateway),
        HostSources.all());
  }

  private static WalConfig wal(long bytes) {
    return new WalConfig(WalConfig.SEGMENT_BYTES, bytes, WalConfig.MIN_FREE_BYTES);
  }

  private static Identity enrol(
      FileAgentIdentity file, InetSocketAddress gateway, EnrolAgents enrolment, String version) {
    EnrolAgents.JoinToken token =
        await(
            "making a join token",
            enrolment.createToken(
                tokenRequest(), new Principal("sentinel up", Role.ADMIN), SystemClock.now()));
    GrpcEnrolment.Outcome outcome =
        await(
            "enrolling the agent",
            GrpcEnrolment.enrol(
                gateway, token.token(), HostIdentity.ofThisHost().hardwareId(), version));
    return switch (outcome) {
      case GrpcEnrolment.Outcome.Enrolled(var agent, var key, var secret, var _) -> {
        Identity identity =
            new Identity(agent, key, secret, gateway.getHostString() + ":" + gateway.getPort());
        file.save(identity);
        yield identity;
      }
      case GrpcEnrolment.Outcome.Refused(String message) ->
          throw new StartException("the agent of this host was not let in: " + message);
    };
  }

  private static EnrolAgents.TokenRequest tokenRequest() {
    return new EnrolAgents.TokenRequest(
        Optional.of(HostIdentity.ofThisHost().suggestedAgentName()),
        Map.of(),
        1,
        Duration.ofMinutes(5));
  }

  private static <T> T await(String what, CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | CompletionException | TimeoutException e) {
      throw new StartException(what + " failed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException(what + " was interrupted", e);
    }
  }
}
