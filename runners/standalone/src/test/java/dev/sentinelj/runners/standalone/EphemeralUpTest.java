package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sentinel up --ephemeral}, and a stop that comes before the start is through. */
class EphemeralUpTest {
  @TempDir Path directory;

  @Test
  void ephemeral_worksInADirectoryOfItsOwn_andLeavesNothing() throws Exception {
    Path usual = directory.resolve("home");

    List<String> command =
        List.of("up", "--ephemeral", "--http-port", "0", "--grpc-port", "0", "--interval", "1");
    try (UpProcess up = UpProcess.run(usual, command).awaitReady()) {
      Path data = data(up.lines());
      assertThat(up.lines().getLast()).contains("SENTINEL_HOME=" + data + " ./sentinel metrics");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data)))
          .isEqualTo("rwx------");
      Api api = up.api(data);
      String agent =
          api.await("/v1/agents", agents -> agents.path("items").size() == 1)
              .path("items")
              .path(0)
              .path("id")
              .asString();
      api.await("/v1/metrics/agents/" + agent + "/latest", one -> one.path("items").size() >= 30);
      UpProcess cli = UpProcess.run(data, List.of("metrics", "latest"));
      assertThat(cli.awaitEnd()).hasSizeGreaterThan(30);
      assertThat(cli.exitCode()).isZero();
      UpProcess audit = UpProcess.run(data, List.of("audit"));
      assertThat(audit.awaitEnd()).singleElement().asString().contains("in memory", "/v1/audit");
      assertThat(audit.exitCode()).isEqualTo(3);

      up.stop();

      assertThat(up.exitCode()).isZero();
      assertThat(data).doesNotExist();
      assertThat(usual).doesNotExist();
    }
  }

  @Test
  void stop_whileItStarts_leavesNoServerBehind() throws Exception {
    Path home = directory.resolve("home");
    try (UpProcess up = UpProcess.start(home)) {
      awaitFile(home.resolve("postgres"));

      up.stop();

      assertThat(up.exitCode()).isZero();
      assertThat(home.resolve("postgres/data/PG_VERSION")).exists();
      assertThat(home.resolve("postgres/data/postmaster.pid")).doesNotExist();
    }
  }

  private static Path data(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("  data "))
        .map(line -> Path.of(line.substring(7).strip()))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitFile(Path file) throws IOException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!Files.exists(file)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(file + " does not come");
      }
      Thread.onSpinWait();
    }
  }
}
