package dev.sentinelj.adapters.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.testkit.ScriptedSessions;
import dev.sentinelj.testkit.Stages;
import java.net.InetSocketAddress;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GrpcEnrolmentTest {
  private final Secret secret = Secret.random(new SplittableRandom(3));
  private final GrpcGateway gateway =
      Gateways.started(Gateways.NO_INGEST, new ScriptedSessions(Sendings.KEY), new ByToken());
  private final InetSocketAddress address = Gateways.address(gateway);

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void enrol_withAGoodToken_getsNameKeyAndSecret() {
    var outcome = Stages.await(GrpcEnrolment.enrol(address, "good", "hw-7", "1.0"));

    assertThat(outcome)
        .isInstanceOfSatisfying(
            GrpcEnrolment.Outcome.Enrolled.class,
            enrolled -> {
              assertThat(enrolled.agent()).isEqualTo(new AgentId("agent-hw-7"));
              assertThat(enrolled.key()).isEqualTo(new KeyId("k1"));
              assertThat(enrolled.secret().reveal()).isEqualTo(secret.reveal());
              assertThat(enrolled.serverMillis()).isEqualTo(Gateways.NOW.wallMillis());
            });
  }

  @Test
  void enrol_withAUsedToken_isRefusedWithItsCode() {
    var outcome = Stages.await(GrpcEnrolment.enrol(address, "used", "hw-7", "1.0"));

    assertThat(outcome)
        .isEqualTo(new GrpcEnrolment.Outcome.Refused("used_token: all uses are taken"));
  }

  @Test
  void enrol_withoutHardwareId_isRefused() {
    var outcome = Stages.await(GrpcEnrolment.enrol(address, "good", "", "1.0"));

    assertThat(outcome).isEqualTo(new GrpcEnrolment.Outcome.Refused("hw_id is empty"));
  }

  @Test
  void enrol_whenTheRegistryDoesNotAnswer_isUnavailable() {
    assertThatThrownBy(
            () -> Stages.await(GrpcEnrolment.enrol(address, "no registry", "hw-7", "1.0")))
        .isInstanceOf(PortUnavailableException.class)
        .hasMessageContaining("UNAVAILABLE");
  }

  @Test
  void enrol_whenTheGatewayIsGone_isUnavailableAndNamesIt() {
    gateway.close();

    assertThatThrownBy(() -> Stages.await(GrpcEnrolment.enrol(address, "good", "hw-7", "1.0")))
        .isInstanceOf(PortUnavailableException.class)
        .hasMessageContaining(":" + address.getPort());
  }

  @Test
  void enrol_atAnotherMachine_isRefusedBeforeTheTokenLeaves() {
    assertThatThrownBy(
            () -> GrpcEnrolment.enrol(new InetSocketAddress("192.0.2.1", 1), "good", "hw-7", "1.0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TLS");
  }

  private final class ByToken extends Gateways.NoEnrolment {
    @Override
    public CompletionStage<Enrolled> enrol(
        String token, String hardwareId, String version, Now now) {
      return switch (token) {
        case "good" ->
            CompletableFuture.completedFuture(
                new Enrolled.Welcome(
                    new AgentId("agent-" + hardwareId), new KeyId("k1"), secret, now.wallMillis()));
        case "used" ->
            CompletableFuture.completedFuture(
                new Enrolled.Refused("used_token", "all uses are taken"));
        default -> super.enrol(token, hardwareId, version, now);
      };
    }
  }
}
