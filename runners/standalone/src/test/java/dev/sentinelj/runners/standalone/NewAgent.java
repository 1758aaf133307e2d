package dev.sentinelj.runners.standalone;

import dev.sentinelj.adapters.files.FileAgentIdentity;
import dev.sentinelj.adapters.files.TinkSecretVault;
import dev.sentinelj.adapters.grpc.GrpcEnrolment;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** An agent that an installation let in, beside the one that it has of its own. */
record NewAgent(AgentId id, KeyId key, Secret secret, InetSocketAddress gateway) {
  private static final long PATIENCE_SECONDS = 60;

  /** Enrols as a host of its own, which the name of {@code directory} tells from others. */
  static NewAgent enrol(Api api, int grpcPort, Path directory) throws Exception {
    InetSocketAddress gateway = new InetSocketAddress(InetAddress.getLoopbackAddress(), grpcPort);
    String token =
        api.post("/v1/join-tokens", "{\"uses\":1,\"ttl_seconds\":600}").path("token").asString();
    GrpcEnrolment.Outcome outcome =
        GrpcEnrolment.enrol(gateway, token, directory.toString(), "load")
            .toCompletableFuture()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!(outcome instanceof GrpcEnrolment.Outcome.Enrolled(var agent, var key, var secret, _))) {
      throw new AssertionError("not let in: " + outcome);
    }
    return new NewAgent(agent, key, secret, gateway);
  }

  AgentKey signs() {
    return new AgentKey(key, secret);
  }

  /** Where an {@link AgentProcess} finds it. */
  void save(Path directory) {
    TinkSecretVault vault = TinkSecretVault.open(directory.resolve("keys"), Optional.empty());
    String server = gateway.getHostString() + ":" + gateway.getPort();
    new FileAgentIdentity(directory.resolve("identity"), vault)
        .save(new FileAgentIdentity.Identity(id, key, secret, server));
  }
}
