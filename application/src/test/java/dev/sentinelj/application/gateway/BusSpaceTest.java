package dev.sentinelj.application.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.testkit.Stages;
import org.junit.jupiter.api.Test;

class BusSpaceTest {
  private final GatewayForTests gateway = new GatewayForTests();
  private final BusSpace space = new BusSpace(gateway.bus);

  @Test
  void notReadYet_hasRoom() {
    assertThat(space.refusal()).isEmpty();
  }

  @Test
  void eightyPercent_isFull() {
    fill(8);

    space.read(gateway.now);

    assertThat(space.refusal()).contains(BusSpace.FULL);
  }

  @Test
  void reading_isBelievedForAQuarterOfASecond() {
    space.read(gateway.now);
    fill(9);

    space.read(gateway.now.plusMillis(249));
    assertThat(space.refusal()).isEmpty();

    space.read(gateway.now.plusMillis(250));
    assertThat(space.refusal()).contains(BusSpace.FULL);
  }

  private void fill(int tenths) {
    FrameAddress address = new FrameAddress(0, Lane.FRESH);
    byte[] filler = new byte[(int) (gateway.bus.fill().maxBytes() * tenths / 10 + 1)];
    Stages.await(gateway.bus.publish(address, "filler", filler));
  }
}
