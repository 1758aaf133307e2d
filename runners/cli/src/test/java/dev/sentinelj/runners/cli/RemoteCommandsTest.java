package dev.sentinelj.runners.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
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

  @Test
  void status_withWhatWasEntered_hasTheDuplicatesBesideIt() {
    server.on(
        "GET /v1/status",
        200,
        "{\"parts\":[],\"counters\":{\"batches_accepted\":3,\"batches_entered\":3}}");
    shell.run("status");
    assertThat(shell.out()).containsPattern("batches_duplicate +0");

    server.on(
        "GET /v1/status",
        200,
        "{\"parts\":[],\"counters\":{\"batches_duplicate\":2,\"batches_entered\":3}}");
    shell.run("status");
    assertThat(shell.out()).containsPattern("batches_duplicate +2");
  }

  @Test
  void run_withoutAToken_namesWhereItLooked() {
    server.on("GET /v1/status", 401, "{\"detail\":\"a valid credential is needed\"}");

    assertThat(shell.run("status")).isEqualTo(ExitCode.UNAUTHORIZED);
    assertThat(shell.err())
        .contains("there is no token for " + server.url())
        .contains(home.resolve("cli.properties").toString())
        .contains("SENTINEL_HOME", "--server", "sentinel login");
  }

  @Test
  void run_underAnotherSpellingOfTheServer_namesTheOneThatIsKept() throws IOException {
    Files.writeString(home.resolve("cli.properties"), "url=http://localhost:8080\ntoken=t");
    server.on("GET /v1/status", 401, "{\"detail\":\"a valid credential is needed\"}");

    assertThat(shell.run("status")).isEqualTo(ExitCode.UNAUTHORIZED);
    assertThat(shell.err()).contains("(it has one for http://localhost:8080)");
  }

  @Test
  void run_withATokenThatIsNotGood_namesWhereItIs() throws IOException {
    server.on("GET /v1/status", 401, "{\"detail\":\"a valid credential is needed\"}");
    Files.writeString(home.resolve("cli.properties"), "url=" + server.url() + "\ntoken=old");
    shell.run("status");
    assertThat(shell.err()).contains("the token in " + home.resolve("cli.properties"));

    shell =
        new Shell(
            home,
            Map.of(
                "SENTINEL_HOME",
                home.toString(),
                "SENTINEL_URL",
                server.url(),
                "SENTINEL_TOKEN",
                "old"));
    shell.run("status");
    assertThat(shell.err()).contains("the token in SENTINEL_TOKEN is not good at " + server.url());
  }

  @Test
  void quarantineList_withNothingOfAFilter_repeatsTheFilter() {
    String empty = "{\"items\":[],\"next_cursor\":\"\"}";
    server.on("GET /v1/quarantine?limit=50&reason=malformed", 200, empty);
    server.on("GET /v1/quarantine?limit=50&agent=web-1&reason=fork", 200, empty);

    shell.run("quarantine", "list", "--reason", "malformed");
    assertThat(shell.out()).isEqualTo("nothing with the reason malformed was kept aside\n");
    shell.run("quarantine", "list", "--agent", "web-1", "--reason", "fork");
    assertThat(shell.out()).isEqualTo("nothing of web-1 with the reason fork was kept aside\n");
  }

  private static String epoch(String name, boolean closed, boolean forked) {
    return """
    {"epoch":"%s","through":1,"collected":2,"stored":3,"quarantined":4,"lost":5,"overflow":6,
     "moved":7,"in_flight":8,"unaccounted":9,"closed":%s,"forked":%s}\
    """
        .formatted(name, closed, forked);
  }
}
