package dev.sentinelj.testkit.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.testkit.sim.FaultyLink.Quality;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultyLinkTest {
  private static final int MESSAGES = 1_000;
  private static final List<Integer> SENT = IntStream.range(0, MESSAGES).boxed().toList();

  private final SimulatedWorld world = new SimulatedWorld(3);
  private final List<Integer> heard = new ArrayList<>();

  @Test
  void connection_deliversEverythingOnceAndInOrder() {
    FaultyLink<Integer> link = link(Quality.connection(50));

    SENT.forEach(link::send);
    world.run(1_000);

    assertThat(heard).isEqualTo(SENT);
  }

  @Test
  void delay_staysWithinItsLimits() {
    FaultyLink<Integer> link = link(new Quality(10, 50, 0, 0, false));
    SENT.forEach(link::send);

    world.run(9);
    assertThat(heard).isEmpty();
    world.run(41);
    assertThat(heard).containsExactlyInAnyOrderElementsOf(SENT).isNotEqualTo(SENT);
  }

  @Test
  void loss_losesAboutItsShare() {
    FaultyLink<Integer> link = link(new Quality(0, 5, 0.3, 0, true));

    SENT.forEach(link::send);
    world.run(100);

    assertThat(heard).hasSizeBetween(600, 800).doesNotHaveDuplicates();
  }

  @Test
  void duplication_doublesAboutItsShare() {
    FaultyLink<Integer> link = link(new Quality(0, 5, 0, 0.3, false));

    SENT.forEach(link::send);
    world.run(100);

    assertThat(heard).hasSizeBetween(1_200, 1_400).containsAll(SENT);
  }

  @Test
  void cut_losesWhatIsOnItsWayAndWhatIsSentUntilRestored() {
    FaultyLink<Integer> link = link(new Quality(10, 10, 0, 0, true));
    link.send(1);
    world.run(5);
    link.cut();
    link.send(2);
    link.restore();
    link.send(3);

    world.run(100);

    assertThat(heard).containsExactly(3);
  }

  private FaultyLink<Integer> link(Quality quality) {
    return new FaultyLink<>(world, quality, heard::add);
  }
}
