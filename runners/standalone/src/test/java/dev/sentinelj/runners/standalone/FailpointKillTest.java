package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.failpoint.Failpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1 through a death at each failpoint, one after the other on one installation: each start is the
 * recovery from the death before and runs into the next. A point that is not reached fails the
 * test.
 */
class FailpointKillTest {
  private static final long PATIENCE_SECONDS = 60;

  /** So small that logs roll over, segments are freed and the bus forgets within seconds. */
  private static final String SMALL =
      """
      log.segment.kibibytes = 16
      bus.segment.kibibytes = 16
      bus.max.kibibytes = 256
      """;

  @TempDir Path directory;

  @Test
  void diedAtEachFailpoint_rowsEqualWhatTheLogTook() throws Exception {
    Path home = Files.createDirectory(directory.resolve("home"));
    Files.writeString(home.resolve("sentinel.conf"), SMALL);
    List<String> notReached = new ArrayList<>();

    for (Failpoint point : Failpoint.values()) {
      long begun = System.nanoTime();
      try (UpProcess up = UpProcess.start(home, List.of(armed(point)))) {
        if (!up.died(PATIENCE_SECONDS)) {
          notReached.add(point.id());
          up.killGroup();
        }
      }
      System.err.println(point.id() + " " + (System.nanoTime() - begun) / 1_000_000 + " ms");
    }

    assertThat(notReached).isEmpty();
    Books.drain(home);
    Books.assertBalanced(home);
  }

  private static String armed(Failpoint point) {
    return "-D" + Failpoint.PROPERTY + "=" + point.id() + ":2:halt";
  }
}
