package dev.sentinelj.application.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.application.gateway.AgentDirectory.Answer;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.testkit.Stages;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class AgentDirectoryTest {
  private final GatewayForTests gateway = new GatewayForTests();
  private final AgentDirectory directory = gateway.directory;

  @Test
  void find_registryDown_asksOnceASecondAndServesWhatItHolds() {
    assertThat(find()).isInstanceOf(Answer.Found.class);
    gateway.registry.reachable = false;
    gateway.advance(AgentDirectory.TTL.toMillis());
    int before = gateway.registry.lookups;

    assertThat(find()).isInstanceOf(Answer.Found.class);
    gateway.advance(999);
    assertThat(find()).isInstanceOf(Answer.Found.class);
    assertThat(gateway.registry.lookups).isEqualTo(before + 1);
    assertThat(directory.usable()).isFalse();

    gateway.advance(1);
    assertThat(find()).isInstanceOf(Answer.Found.class);
    assertThat(gateway.registry.lookups).isEqualTo(before + 2);
  }

  @Test
  void find_registryBack_isUsableAgain() {
    gateway.registry.reachable = false;
    assertThat(find()).isEqualTo(new Answer.Unavailable());
    assertThat(directory.usable()).isFalse();

    gateway.registry.reachable = true;

    assertThat(find()).isInstanceOf(Answer.Found.class);
    assertThat(directory.usable()).isTrue();
  }

  @Test
  void findAnew_registryDown_saysSoAlthoughTheAgentIsHeld() {
    find();
    gateway.registry.reachable = false;

    assertThat(findAnew()).isEqualTo(new Answer.Unavailable());
    assertThat(find()).isInstanceOf(Answer.Found.class);
  }

  @Test
  void findAnew_tooManyLookUps_saysSoAlthoughTheAgentIsHeld() {
    find();
    askForInventedIds();

    assertThat(findAnew()).isEqualTo(new Answer.Throttled());
    assertThat(find()).isInstanceOf(Answer.Found.class);
  }

  @Test
  void findAnew_whileALookUpIsUnderWay_asksOnceMoreAfterIt() {
    gateway.registry.gate = new CompletableFuture<>();
    CompletionStage<Answer> earlier = directory.find(gateway.agent, gateway.now);
    CompletionStage<Answer> anew = directory.findAnew(gateway.agent, gateway.now);

    gateway.registry.gate.complete(null);

    assertThat(Stages.await(earlier)).isInstanceOf(Answer.Found.class);
    assertThat(Stages.await(anew)).isInstanceOf(Answer.Found.class);
    assertThat(gateway.registry.lookups).isEqualTo(2);
  }

  @Test
  void find_ofAKeyThatIsNotHeld_registryDown_isNotAnsweredFromMemory() {
    find();
    gateway.registry.reachable = false;

    assertThat(find(gateway.key.id())).isInstanceOf(Answer.Found.class);
    assertThat(find(new KeyId("new"))).isEqualTo(new Answer.Unavailable());
  }

  @Test
  void find_whileIdsAreInvented_stillReadsHeldAgentsAnew() {
    find();
    gateway.database.deleteAgent(gateway.agent, gateway.now.wallMillis());

    gateway.advance(AgentDirectory.TTL.toMillis());
    askForInventedIds();

    assertThat(find()).isInstanceOf(Answer.Deleted.class);
  }

  @Test
  void poll_asksForASignOfLifeOnceASecond() {
    directory.poll(gateway.now);
    directory.poll(gateway.now.plusMillis(999));
    assertThat(gateway.registry.lookups).isEqualTo(1);

    directory.poll(gateway.now.plusMillis(1_000));

    assertThat(gateway.registry.lookups).isEqualTo(2);
  }

  /** As many as are looked up within a second. */
  private void askForInventedIds() {
    for (int i = 0; i < AgentDirectory.LOOKUPS_PER_SECOND; i++) {
      directory.find(new AgentId("invented-" + gateway.now.wallMillis() + "-" + i), gateway.now);
    }
  }

  private Answer findAnew() {
    return Stages.await(directory.findAnew(gateway.agent, gateway.now));
  }

  private Answer find(KeyId key) {
    return Stages.await(directory.find(gateway.agent, List.of(key), gateway.now));
  }

  private Answer find() {
    return Stages.await(directory.find(gateway.agent, gateway.now));
  }
}
