package dev.sentinelj.adapters.grpc;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.proto.AgentServiceGrpc;
import dev.sentinelj.proto.RegisterRequest;
import dev.sentinelj.proto.RegisterResponse;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Asks a gateway, once in an agent's life, for a name and a secret. */
public final class GrpcEnrolment {
  /** Longest time for the connection and the answer. */
  public static final Duration TIMEOUT = Duration.ofSeconds(15);

  private GrpcEnrolment() {}

  /** What the gateway said. */
  public sealed interface Outcome {
    /** Under this name and key the agent signs from now on. */
    record Enrolled(AgentId agent, KeyId key, Secret secret, long serverMillis)
        implements Outcome {}

    /** Asking again with the same token does not help; the message says why, in one line. */
    record Refused(String message) implements Outcome {}
  }

  /**
   * Enrols with a join token. May be repeated with the same token and hardware id until the agent
   * has signed something. The stage fails with {@link PortUnavailableException} when no answer came
   * or the gateway cannot answer now.
   *
   * @throws IllegalArgumentException unless {@code gateway} is on this machine: there is no TLS yet
   */
  public static CompletionStage<Outcome> enrol(
      InetSocketAddress gateway, String token, String hardwareId, String version) {
    Loopback.require("the gateway", gateway);
    ManagedChannel channel = GrpcUplink.channel(gateway);
    Answer answer = new Answer(Loopback.text(gateway));
    RegisterRequest request =
        RegisterRequest.newBuilder()
            .setJoinToken(token)
            .setHwId(hardwareId)
            .setAgentVersion(version)
            .build();
    AgentServiceGrpc.newStub(channel)
        .withDeadlineAfter(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .register(request, answer);
    return answer.outcome.whenComplete((_, _) -> channel.shutdown());
  }

  private static final class Answer implements StreamObserver<RegisterResponse> {
    private final String gateway;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

    Answer(String gateway) {
      this.gateway = gateway;
    }

    @Override
    public void onNext(RegisterResponse response) {
      try {
        outcome.complete(
            new Outcome.Enrolled(
                new AgentId(response.getAgentId()),
                new KeyId(response.getKeyId()),
                Secret.of(Base64.getDecoder().decode(response.getSecret())),
                response.getServerTimeMs()));
      } catch (IllegalArgumentException e) {
        unavailable("answered in another form than this agent knows", e);
      }
    }

    @Override
    public void onError(Throwable failure) {
      Status status = Status.fromThrowable(failure);
      switch (status.getCode()) {
        case PERMISSION_DENIED, INVALID_ARGUMENT ->
            outcome.complete(
                new Outcome.Refused(
                    status.getDescription() == null
                        ? status.getCode().toString()
                        : status.getDescription()));
        default -> unavailable("does not answer (" + status.getCode() + ")", failure);
      }
    }

    @Override
    public void onCompleted() {
      unavailable("ended the call without an answer", Status.UNKNOWN.asRuntimeException());
    }

    /** No effect once there is an outcome. */
    private void unavailable(String what, Throwable cause) {
      outcome.completeExceptionally(
          new PortUnavailableException("enrolling: the gateway at " + gateway + " " + what, cause));
    }
  }
}
