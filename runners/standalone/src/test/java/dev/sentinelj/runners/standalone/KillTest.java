package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * P1 through SIGKILL of everything at once, from the log's own records against the database's rows.
 */
class KillTest {
  private static final int KILLS = 5;

  @TempDir Path directory;

  @Test
  void killedFiveTimes_rowsEqualWhatTheLogTook() throws Exception {
    Path home = directory.resolve("home");
    for (int round = 0; round < KILLS; round++) {
      try (UpProcess up = UpProcess.start(home).awaitReady()) {
        long before = logged(up.api());
        up.api()
            .await("/v1/status", status -> Books.counter(status, "agent_samples_logged") > before);
        up.killGroup();
        if (round % 2 == 1) {
          killDatabase(home);
        }
      }
    }

    try (UpProcess up = UpProcess.start(home).awaitReady()) {
      up.api().await("/v1/status", status -> Books.counter(status, "agent_samples_logged") > 0);
      String agent = up.api().get("/v1/agents").path("items").path(0).path("id").asString();
      up.api()
          .await(
              "/v1/agents/" + agent,
              answer -> answer.path("epochs").path(0).path("stored").asLong() > 0);
      up.stop();
      assertThat(up.lines()).last().asString().startsWith("stopped");
    }

    // what was appended and not yet committed when it stopped is committed now
    Books.drain(home);
    Books.assertBalanced(home, List.of());
  }

  private static long logged(Api api) throws IOException, InterruptedException {
    return Books.counter(api.get("/v1/status"), "agent_samples_logged");
  }

  private static void killDatabase(Path home) throws IOException, InterruptedException {
    Path data = home.resolve("postgres").resolve("data");
    long pid = PostmasterFile.in(data).orElseThrow().pid();
    UpProcess.signal("-KILL", Long.toString(pid));
  }
}
