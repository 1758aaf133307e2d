package dev.sentinelj.application.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driving.EnrolAgents.Enrolled;
import dev.sentinelj.ports.driving.EnrolAgents.TokenRequest;
import dev.sentinelj.testkit.Stages;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EnrolmentTest {
  private static final Principal OPERATOR = new Principal("op", Role.ADMIN);
  private final GatewayForTests gateway = new GatewayForTests();

  @Test
  void enrol_withAToken_givesASecretThatIsKeptSealed() {
    String token = token(request(Optional.empty(), 1, Duration.ofMinutes(1)));

    Enrolled.Welcome welcome = (Enrolled.Welcome) enrol(token, "hw-1");

    AgentRegistry.Lookup.Known known =
        (AgentRegistry.Lookup.Known) Stages.await(gateway.registry.find(welcome.agent()));
    AgentRegistry.StoredKey stored = known.agent().keys().getFirst();
    assertThat(stored.id()).isEqualTo(welcome.key());
    byte[] opened =
        gateway.vault.open(
            stored.sealedSecret(), AgentRegistry.context(welcome.agent(), welcome.key()));
    assertThat(opened).isEqualTo(welcome.secret().reveal());
    assertThat(stored.sealedSecret()).isNotEqualTo(opened);
  }

  @Test
  void enrol_again_givesAnotherSecretUntilTheFirstMac() {
    String token = token(request(Optional.empty(), 1, Duration.ofMinutes(1)));
    Enrolled.Welcome first = (Enrolled.Welcome) enrol(token, "hw-1");

    Enrolled.Welcome second = (Enrolled.Welcome) enrol(token, "hw-1");
    Stages.await(gateway.registry.prove(second.agent(), second.key(), gateway.now.wallMillis()));
    Enrolled third = enrol(token, "hw-1");

    assertThat(second.agent()).isEqualTo(first.agent());
    assertThat(secret(second)).isNotEqualTo(secret(first));
    assertThat(third).isInstanceOf(Enrolled.Refused.class);
  }

  @Test
  void enrol_refusals_sayWhichAndWhatToDo() {
    String expired = token(request(Optional.empty(), 1, Duration.ofMinutes(1)));
    gateway.advance(60_000);
    String used = token(request(Optional.of(new AgentId("web-1")), 1, Duration.ofMinutes(1)));
    assertThat(enrol(used, "hw-1"))
        .isInstanceOfSatisfying(
            Enrolled.Welcome.class,
            welcome -> assertThat(welcome.agent()).isEqualTo(new AgentId("web-1")));

    assertThat(code(enrol(expired, "hw-2"))).isEqualTo("expired_token");
    assertThat(code(enrol(used, "hw-2"))).isEqualTo("used_token");
    assertThat(code(enrol("guess", "hw-2"))).isEqualTo("unknown_token");
    assertThat(code(enrol(used, "hw\n2"))).isEqualTo("bad_request");
    assertThat(code(enrol(used, "x".repeat(129)))).isEqualTo("bad_request");
  }

  @Test
  void createToken_outOfRange_namesTheField() {
    Duration hour = Duration.ofHours(1);

    assertWrong(request(Optional.empty(), 0, hour), "uses");
    assertWrong(request(Optional.empty(), 1_001, hour), "uses");
    assertWrong(request(Optional.of(new AgentId("a")), 2, hour), "uses");
    assertWrong(request(Optional.empty(), 1, Duration.ofSeconds(59)), "ttl");
    assertWrong(request(Optional.empty(), 1, Duration.ofDays(30).plusMillis(1)), "ttl");
    assertWrong(new TokenRequest(Optional.empty(), Map.of("a\u0000", "b"), 1, hour), "labels");
  }

  private void assertWrong(TokenRequest request, String field) {
    assertThatThrownBy(() -> gateway.enrolment.createToken(request, OPERATOR, gateway.now))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(field);
  }

  private static TokenRequest request(Optional<AgentId> agent, int uses, Duration ttl) {
    return new TokenRequest(agent, Map.of("site", "a"), uses, ttl);
  }

  private String token(TokenRequest request) {
    return Stages.await(gateway.enrolment.createToken(request, OPERATOR, gateway.now)).token();
  }

  private Enrolled enrol(String token, String hardwareId) {
    return Stages.await(gateway.enrolment.enrol(token, hardwareId, "1.0", gateway.now));
  }

  private static byte[] secret(Enrolled.Welcome welcome) {
    Secret secret = welcome.secret();
    return secret.reveal();
  }

  private static String code(Enrolled enrolled) {
    return ((Enrolled.Refused) enrolled).code();
  }
}
