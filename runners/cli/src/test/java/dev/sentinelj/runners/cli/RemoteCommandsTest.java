package dev.sentinelj.runners.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands make of a server's answers. */
class RemoteCommandsTest {
  private final ScriptedServer server = new ScriptedServer();

  @TempDir private Path home;
  private Shell shell;

  @BeforeEach
  void open() {
    shell = new Shell(home, Map.of("SENTINEL_HOME", home.toString(), "SENTINEL_URL", server.url()));
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void agentsGet_tellsTheStateOfEachEpoch() {
    server.on(
        "GET /v1/agents/web-1",
        200,
        "{\"id\":\"web-1\",\"epochs\":["
            + epoch("a", false, false)
            + ","
            + epoch("b", true, false)
            + ","
            + epoch("c", false, true)
            + ","
            + epoch("d", true, true)
            + "]}");

    assertThat(shell.run("agents", "get", "web-1")).isEqualTo(ExitCode.OK);
    assertThat(shell.out().lines().map(line -> line.replaceAll(" {2,}", " ")))
        .containsExactly(
            "EPOCH THROUGH COLLECTED STORED QUARANTINED LOST OVERFLOW MOVED IN FLIGHT UNACCOUNTED STATE",
            "a 1 2 3 4 5 6 7 8 9 open",
            "b 1 2 3 4 5 6 7 8 9 closed",
            "c 1 2 3 4 5 6 7 8 9 forked",
            "d 1 2 3 4 5 6 7 8 9 closed, forked");
  }

  private static String epoch(String name, boolean closed, boolean forked) {
    return """
    {"epoch":"%s","through":1,"collected":2,"stored":3,"quarantined":4,"lost":5,"overflow":6,
     "moved":7,"in_flight":8,"unaccounted":9,"closed":%s,"forked":%s}\
    """
        .formatted(name, closed, forked);
  }
}
