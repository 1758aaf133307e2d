package dev.sentinelj.runners.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopyNoticesTest {
  private static final EpochId EPOCH = new EpochId(new AgentId("web-1"), 0xbeef);

  private final List<String> told = new ArrayList<>();
  private final CopyNotices notices = new CopyNotices(told::add);

  @Test
  void look_whileNothingHappens_tellsNothing() {
    notices.look(EPOCH, 0, 0, 0);
    notices.look(EPOCH, 0, 0, 0);

    assertThat(told).isEmpty();
  }

  @Test
  void look_whenALogHasATwin_tellsTheBeginningAndTheEndOnce() {
    notices.look(EPOCH, 0, 0, 0);
    notices.look(EPOCH, 1, 1, 0);
    notices.look(EPOCH, 1, 1, 3);

    assertThat(told).singleElement().asString().contains("web-1", "beef", "twin", "README.md");

    notices.look(EPOCH, 1, 0, 7);
    notices.look(EPOCH, 1, 0, 7);

    assertThat(told).hasSize(2).last().asString().contains("web-1", "carried over", "7");
  }

  @Test
  void look_whenCarryingOverEndsAtOnce_tellsBoth() {
    notices.look(EPOCH, 1, 0, 2);

    assertThat(told).hasSize(2);
  }

  @Test
  void look_afterARestartInTheMiddle_tellsTheEnd() {
    notices.look(EPOCH, 0, 1, 0);
    notices.look(EPOCH, 0, 0, 2);

    assertThat(told).singleElement().asString().contains("carried over");
  }

  @Test
  void look_atASecondTwin_tellsItToo() {
    notices.look(EPOCH, 1, 1, 0);
    notices.look(EPOCH, 2, 2, 0);

    assertThat(told).hasSize(2);
  }
}
