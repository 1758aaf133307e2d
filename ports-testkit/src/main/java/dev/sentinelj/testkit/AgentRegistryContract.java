package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.AgentRegistry.AgentSummary;
import dev.sentinelj.ports.driven.AgentRegistry.Enrolment;
import dev.sentinelj.ports.driven.AgentRegistry.EnrolmentRequest;
import dev.sentinelj.ports.driven.AgentRegistry.JoinToken;
import dev.sentinelj.ports.driven.AgentRegistry.Lookup;
import dev.sentinelj.ports.driven.AgentRegistry.RegisteredAgent;
import dev.sentinelj.ports.driven.AgentRegistry.StoredKey;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What every {@link AgentRegistry} must do. The registry need not be empty. */
public abstract class AgentRegistryContract {
  private static final long NOW = 1_735_689_600_000L;
  private static final long EXPIRY = NOW + 60_000;
  private static final Map<String, String> LABELS = Map.of("rack", "7", "dc", "north");

  private final String token = "digest-" + UUID.randomUUID();
  private final String hardware = "hardware-" + UUID.randomUUID();

  protected abstract AgentRegistry registry();

  /** Leaves a tombstone for {@code agent}. */
  protected abstract void delete(AgentId agent, long atMillis);

  @Test
  void find_neverEntered_isUnknown() {
    assertThat(find(TestBatches.freshAgent())).isEqualTo(new Lookup.Unknown());
  }

  @Test
  void enrol_withAToken_entersTheAgentWithItsFirstKey() {
    AgentId candidate = TestBatches.freshAgent();
    addToken(Optional.empty(), 1);

    assertThat(enrol(hardware, candidate, "key-1", NOW))
        .isEqualTo(new Enrolment.Entered(candidate));

    RegisteredAgent agent = known(candidate);
    assertThat(agent.id()).isEqualTo(candidate);
    assertThat(agent.hardwareId()).isEqualTo(hardware);
    assertThat(agent.version()).isEqualTo("1.0");
    assertThat(agent.labels()).isEqualTo(LABELS);
    assertThat(agent.registeredAtMillis()).isEqualTo(NOW);
    assertThat(agent.keys()).hasSize(1);
    assertKey(agent.keys().getFirst(), candidate, "key-1", false, 0);
  }

  @Test
  void enrol_withAnUnknownToken_entersNobody() {
    AgentId candidate = TestBatches.freshAgent();

    assertThat(enrol(hardware, candidate, "key-1", NOW)).isEqualTo(new Enrolment.UnknownToken());
    assertThat(find(candidate)).isEqualTo(new Lookup.Unknown());
  }

  @Test
  void enrol_isPossibleUntilJustBeforeTheExpiry() {
    addToken(Optional.empty(), 5);

    assertThat(enrol(hardware, TestBatches.freshAgent(), "key-1", EXPIRY - 1))
        .isInstanceOf(Enrolment.Entered.class);
    assertThat(enrol("other", TestBatches.freshAgent(), "key-1", EXPIRY))
        .isEqualTo(new Enrolment.ExpiredToken());
    assertThat(enrol(hardware, TestBatches.freshAgent(), "key-1", EXPIRY))
        .isEqualTo(new Enrolment.ExpiredToken());
  }

  @Test
  void enrol_withATokenThatIsUsedAndExpired_hearsOfTheExpiry() {
    addToken(Optional.empty(), 1);
    enrol(hardware, TestBatches.freshAgent(), "key-1", NOW);

    assertThat(enrol("other", TestBatches.freshAgent(), "key-2", EXPIRY))
        .isEqualTo(new Enrolment.ExpiredToken());
  }

  @Test
  void enrol_moreOftenThanTheTokenAllows_entersNobody() {
    addToken(Optional.empty(), 2);
    AgentId third = TestBatches.freshAgent();
    enrol("hardware-a" + token, TestBatches.freshAgent(), "key-1", NOW);
    enrol("hardware-b" + token, TestBatches.freshAgent(), "key-1", NOW);

    assertThat(enrol("hardware-c" + token, third, "key-1", NOW))
        .isEqualTo(new Enrolment.UsedToken());
    assertThat(find(third)).isEqualTo(new Lookup.Unknown());
  }

  @Test
  void enrol_repeatedBeforeTheFirstMac_replacesTheKeyAndTakesNoUse() {
    AgentId candidate = TestBatches.freshAgent();
    AgentId second = TestBatches.freshAgent();
    addToken(Optional.empty(), 1);
    enrol(hardware, candidate, "key-1", NOW);

    assertThat(enrol(hardware, second, "key-2", NOW + 5))
        .isEqualTo(new Enrolment.Entered(candidate));

    assertThat(find(second)).isEqualTo(new Lookup.Unknown());
    assertThat(known(candidate).keys()).hasSize(1);
    assertKey(known(candidate).keys().getFirst(), candidate, "key-2", false, 0);
    assertThat(enrol("other", second, "key-3", NOW)).isEqualTo(new Enrolment.UsedToken());
  }

  @Test
  void enrol_repeatedAfterTheFirstMac_isAnotherUse() {
    AgentId candidate = TestBatches.freshAgent();
    AgentId second = TestBatches.freshAgent();
    addToken(Optional.empty(), 2);
    enrol(hardware, candidate, "key-1", NOW);
    Stages.await(registry().prove(candidate, new KeyId("key-1"), NOW));

    assertThat(enrol(hardware, second, "key-2", NOW)).isEqualTo(new Enrolment.Entered(second));
    assertThat(enrol("other", TestBatches.freshAgent(), "key-3", NOW))
        .isEqualTo(new Enrolment.UsedToken());
    assertKey(known(candidate).keys().getFirst(), candidate, "key-1", true, 0);
  }

  @Test
  void enrol_withATokenThatNamesANewAgent_usesThatId() {
    AgentId named = TestBatches.freshAgent();
    addToken(Optional.of(named), 1);

    assertThat(enrol(hardware, TestBatches.freshAgent(), "key-1", NOW))
        .isEqualTo(new Enrolment.Entered(named));
    assertKey(known(named).keys().getFirst(), named, "key-1", false, 0);
  }

  @Test
  void enrol_withATokenThatNamesAKnownAgent_givesItANewFirstKey() {
    AgentId named = TestBatches.freshAgent();
    addToken(Optional.of(named), 2);
    enrol(hardware, named, "key-1", NOW);
    Stages.await(registry().prove(named, new KeyId("key-1"), NOW));

    assertThat(enrol(hardware, TestBatches.freshAgent(), "key-2", NOW + 500))
        .isEqualTo(new Enrolment.Entered(named));

    RegisteredAgent agent = known(named);
    assertThat(agent.registeredAtMillis()).isEqualTo(NOW);
    assertThat(agent.keys()).hasSize(2);
    assertKey(agent.keys().get(0), named, "key-2", false, 0);
    assertKey(agent.keys().get(1), named, "key-1", true, NOW + 500);
  }

  @Test
  void enrol_repeatedForAKnownAgent_replacesTheNewKeyAlone() {
    AgentId named = TestBatches.freshAgent();
    addToken(Optional.of(named), 2);
    enrol(hardware, named, "key-1", NOW);
    Stages.await(registry().prove(named, new KeyId("key-1"), NOW));
    enrol(hardware, named, "key-2", NOW + 500);

    assertThat(enrol(hardware, named, "key-3", NOW + 900)).isEqualTo(new Enrolment.Entered(named));

    RegisteredAgent agent = known(named);
    assertThat(agent.keys()).hasSize(2);
    assertKey(agent.keys().get(0), named, "key-3", false, 0);
    assertKey(agent.keys().get(1), named, "key-1", true, NOW + 500);
  }

  @Test
  void enrol_withATokenThatNamesADeletedAgent_isRefused() {
    AgentId named = TestBatches.freshAgent();
    addToken(Optional.of(named), 2);
    enrol(hardware, named, "key-1", NOW);
    delete(named, NOW + 1);

    assertThat(enrol("other", TestBatches.freshAgent(), "key-2", NOW + 2))
        .isEqualTo(new Enrolment.UnknownToken());
    assertThat(enrol(hardware, TestBatches.freshAgent(), "key-2", NOW + 2))
        .isEqualTo(new Enrolment.UnknownToken());
  }

  @Test
  void find_deleted_saysSince() {
    AgentId agent = entered();

    delete(agent, NOW + 77);

    assertThat(find(agent)).isEqualTo(new Lookup.Deleted(NOW + 77));
  }

  @Test
  void prove_twiceOrOfStrangers_changesNothingElse() {
    AgentId agent = entered();

    Stages.await(registry().prove(agent, new KeyId("key-1"), NOW + 1));
    Stages.await(registry().prove(agent, new KeyId("key-1"), NOW + 2));
    Stages.await(registry().prove(agent, new KeyId("stranger"), NOW + 3));
    Stages.await(registry().prove(TestBatches.freshAgent(), new KeyId("key-1"), NOW + 3));

    assertThat(known(agent).keys()).hasSize(1);
    assertKey(known(agent).keys().getFirst(), agent, "key-1", true, 0);
  }

  @Test
  void heard_keepsTheGreatestTime() {
    AgentId agent = entered();
    assertThat(summary(agent).lastHeardMillis()).isZero();

    Stages.await(registry().heard(agent, "1.1", NOW + 9));
    Stages.await(registry().heard(agent, "1.1", NOW + 3));
    Stages.await(registry().heard(TestBatches.freshAgent(), "1.1", NOW));

    assertThat(summary(agent).lastHeardMillis()).isEqualTo(NOW + 9);
    assertThat(summary(agent).version()).isEqualTo("1.1");
    assertThat(known(agent).version()).isEqualTo("1.1");
  }

  @Test
  void heard_withoutAVersion_keepsTheLastOne() {
    AgentId agent = entered();
    Stages.await(registry().heard(agent, "1.1", NOW));

    Stages.await(registry().heard(agent, "", NOW + 9));

    assertThat(summary(agent).version()).isEqualTo("1.1");
    assertThat(summary(agent).lastHeardMillis()).isEqualTo(NOW + 9);
  }

  @Test
  void list_namesWhoWasNotDeleted_byId() {
    addToken(Optional.empty(), 3);
    AgentId first = new AgentId("a-" + UUID.randomUUID());
    AgentId last = new AgentId("z-" + UUID.randomUUID());
    AgentId deleted = TestBatches.freshAgent();
    enrol("1" + hardware, last, "key-1", NOW);
    enrol("2" + hardware, first, "key-1", NOW);
    enrol("3" + hardware, deleted, "key-1", NOW);
    delete(deleted, NOW);

    assertThat(Stages.await(registry().list()))
        .extracting(AgentSummary::id)
        .containsSubsequence(first, last)
        .doesNotContain(deleted)
        .isSorted();
    AgentSummary summary = summary(first);
    assertThat(summary.hardwareId()).isEqualTo("2" + hardware);
    assertThat(summary.labels()).isEqualTo(LABELS);
    assertThat(summary.registeredAtMillis()).isEqualTo(NOW);
  }

  private AgentId entered() {
    AgentId agent = TestBatches.freshAgent();
    addToken(Optional.empty(), 1);
    enrol(hardware, agent, "key-1", NOW);
    return agent;
  }

  private void addToken(Optional<AgentId> agent, int uses) {
    Stages.await(
        registry().addJoinToken(new JoinToken(token, agent, LABELS, uses, EXPIRY, "admin")));
  }

  private Enrolment enrol(String hardwareId, AgentId candidate, String key, long nowMillis) {
    EnrolmentRequest request =
        new EnrolmentRequest(
            token, hardwareId, "1.0", candidate, new KeyId(key), agent -> sealed(agent, key));
    return Stages.await(registry().enrol(request, nowMillis));
  }

  private static byte[] sealed(AgentId agent, String key) {
    return ("sealed " + agent + " " + key).getBytes(StandardCharsets.UTF_8);
  }

  private static void assertKey(
      StoredKey stored, AgentId agent, String key, boolean proved, long rotatedAtMillis) {
    assertThat(stored.id()).isEqualTo(new KeyId(key));
    assertThat(stored.sealedSecret()).isEqualTo(sealed(agent, key));
    assertThat(stored.proved()).isEqualTo(proved);
    assertThat(stored.rotatedAtMillis()).isEqualTo(rotatedAtMillis);
    assertThat(stored.revokedAtMillis()).isZero();
  }

  private Lookup find(AgentId agent) {
    return Stages.await(registry().find(agent));
  }

  private RegisteredAgent known(AgentId agent) {
    Lookup found = find(agent);
    assertThat(found).isInstanceOf(Lookup.Known.class);
    return ((Lookup.Known) found).agent();
  }

  private AgentSummary summary(AgentId agent) {
    return Stages.await(registry().list()).stream()
        .filter(one -> one.id().equals(agent))
        .findFirst()
        .orElseThrow();
  }
}
