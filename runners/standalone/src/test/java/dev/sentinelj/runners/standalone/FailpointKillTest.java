package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.failpoint.Failpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1 through a death at each failpoint, one after the other on one installation: each start is the
 * recovery from the death before and runs into the next. A point that is not reached fails the
 * test.
 */
class FailpointKillTest {
  /** Passed by a log that has a twin, which this one never has: see {@code SuccessionTest}. */
  private static final Set<Failpoint> AFTER_A_FORK =
      EnumSet.range(Failpoint.AGENT_CLOSE_BEFORE, Failpoint.AGENT_RETIRE_BEFORE);

  private static final long PATIENCE_SECONDS = 60;

  /** So small that logs roll over, segments are freed and the bus forgets within seconds. */
  private static final String SMALL =
      """
      log.segment.kibibytes = 16
      bus.segment.kibibytes = 16
      bus.max.kibibytes = 128
      """;

  @TempDir static Path directory;

  private static ClassArchive archive = ClassArchive.NONE;

  @BeforeAll
  static void archive() throws IOException, InterruptedException {
    archive = ClassArchive.make(Files.createDirectory(directory.resolve("archive")));
  }

  /** Two installations, one for each half of the points, because a start keeps one core busy. */
  @Test
  void diedAtEachFailpoint_rowsEqualWhatTheLogTook() throws Exception {
    List<Failpoint> points =
        Arrays.stream(Failpoint.values()).filter(point -> !AFTER_A_FORK.contains(point)).toList();
    int half = points.size() / 2;
    FutureTask<List<String>> first = killedAt("first", points.subList(0, half));
    FutureTask<List<String>> second = killedAt("second", points.subList(half, points.size()));

    assertThat(first.get()).isEmpty();
    assertThat(second.get()).isEmpty();
  }

  private FutureTask<List<String>> killedAt(String name, List<Failpoint> points) {
    FutureTask<List<String>> task =
        new FutureTask<>(() -> killedAt(directory.resolve(name), points));
    Thread.ofPlatform().daemon(true).name("kills-" + name).start(task);
    return task;
  }

  /** Which points were not reached; the rest of the promise is asserted. */
  private static List<String> killedAt(Path home, List<Failpoint> points) throws Exception {
    Files.createDirectory(home);
    Files.writeString(home.resolve("sentinel.conf"), SMALL);
    List<String> notReached = new ArrayList<>();
    for (Failpoint point : points) {
      try (UpProcess up = UpProcess.start(home, archive, List.of(armed(point)))) {
        if (!up.died(PATIENCE_SECONDS)) {
          notReached.add(point.id());
          up.killGroup();
        }
      }
    }
    Books.drain(home);
    Books.assertBalanced(home, List.of());
    return notReached;
  }

  /** Some are passed while a process starts; what counts is the time when it works. */
  private static String armed(Failpoint point) {
    int hit = point == Failpoint.WAL_SEGMENT_BEGUN || point == Failpoint.WAL_DELETE_BEFORE ? 1 : 2;
    return "-D" + Failpoint.PROPERTY + "=" + point.id() + ":" + hit + ":halt";
  }
}
