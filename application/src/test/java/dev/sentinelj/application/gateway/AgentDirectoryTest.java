package dev.sentinelj.application.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.application.gateway.AgentDirectory.Answer;
import dev.sentinelj.testkit.Stages;
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
  void poll_asksForASignOfLifeOnceASecond() {
    directory.poll(gateway.now);
    directory.poll(gateway.now.plusMillis(999));
    assertThat(gateway.registry.lookups).isEqualTo(1);

    directory.poll(gateway.now.plusMillis(1_000));

    assertThat(gateway.registry.lookups).isEqualTo(2);
  }

  private Answer find() {
    return Stages.await(directory.find(gateway.agent, gateway.now));
  }
}
