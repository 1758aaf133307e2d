package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.SignedBatch;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that appends is killed at any moment: what it was told is safe is there. */
class WalKillTest {
  private static final int MAX_DELAY_MILLIS = 30;

  @TempDir private Path temp;

  @Test
  void killedAgainAndAgain_losesNothingAcknowledged() throws IOException, InterruptedException {
    int cycles = Boolean.getBoolean("long") ? 500 : 15;
    long seed = Long.getLong("seed", 20_26);
    SplittableRandom random = new SplittableRandom(seed);
    Path wal = temp.resolve("wal");
    TreeSet<Long> acknowledged = new TreeSet<>();

    for (int cycle = 0; cycle < cycles; cycle++) {
      acknowledged.addAll(appendUntilKilled(wal, random.nextInt(MAX_DELAY_MILLIS * 1_000)));
      try (FileBatchLog log = FileBatchLog.open(wal, new WalConfig(64 << 10, 256 << 20, 0))) {
        List<SignedBatch> batches = log.read(1, Integer.MAX_VALUE, Long.MAX_VALUE);
        Set<Long> held = new HashSet<>();
        batches.forEach(batch -> assertThat(held.add(batch.id().seq())).isTrue());
        assertThat(held).as("seed %d, cycle %d", seed, cycle).containsAll(acknowledged);
        assertThat(log.damaged()).as("seed %d, cycle %d", seed, cycle).isEmpty();
        assertThat(held.size() + log.torn().size()).isEqualTo((int) log.nextSeq() - 1);
      }
    }

    assertThat(acknowledged).hasSizeGreaterThan(cycles);
  }

  private static Set<Long> appendUntilKilled(Path wal, int micros)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                KilledAppender.class.getName(),
                wal.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    Set<Long> acknowledged = new HashSet<>();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
      for (String line : (Iterable<String>) out.lines()::iterator) {
        if (line.equals("READY")) {
          killAfter(process, micros);
        } else if (line.matches("A \\d+")) {
          acknowledged.add(Long.parseLong(line.substring(2)));
        }
      }
    }
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return acknowledged;
  }

  private static void killAfter(Process process, int micros) {
    var _ =
        Thread.ofVirtual()
            .start(() -> {
              LockSupport.parkNanos(micros * 1_000L);
              process
                  .toHandle()
                  .destroyForcibly(); // the process itself would close the stream we read
            });
  }
}
