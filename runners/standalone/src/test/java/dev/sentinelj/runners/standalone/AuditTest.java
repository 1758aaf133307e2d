package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.auditor.DatabaseAddress;
import dev.sentinelj.runners.cli.CliContext;
import dev.sentinelj.runners.cli.CommandLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code sentinel audit} beside a {@code sentinel up}, before and after somebody forged rows. */
class AuditTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path directory;

  @Test
  void audit_whileUpRuns_balancesUntilSomebodyForges() throws Exception {
    Path home = directory.resolve("home");
    assertThat(audit(home)).as(text(err)).isEqualTo(3);
    assertThat(text(err)).contains("./sentinel up");

    try (UpProcess up = UpProcess.start(home).awaitReady()) {
      Api api = up.api();
      String agent = api.get("/v1/agents").path("items").path(0).path("id").asString();
      api.await(
          "/v1/agents/" + agent,
          answer -> answer.path("epochs").path(0).path("through").asLong() >= 3);

      assertThat(audit(home)).as(text(out) + text(err)).isZero();
      assertThat(text(out)).contains(agent).contains("every sample is accounted for");
      assertThat(audit(home, "--recount")).as(text(out)).isZero();
      assertThat(text(out)).contains("rows of samples");

      assertThat(audit(home, "--agent", "nosuch")).as(text(out)).isEqualTo(1);
      assertThat(text(err)).contains("there is no agent 'nosuch'");
      assertThat(audit(home, "--agent", "")).isEqualTo(1);
      assertThat(audit(home, "--epoch", "00000000deadbeef")).as(text(out)).isEqualTo(1);
      assertThat(text(err)).contains("no epoch starts with 00000000deadbeef");

      sql(home, "UPDATE batch_ledger SET samples = samples + 1 WHERE seq = 2");
      assertThat(audit(home)).as(text(out)).isEqualTo(1);
      assertThat(text(out)).contains("UNACCOUNTED").contains("between seq");

      sql(home, "UPDATE batch_ledger SET samples = samples - 1 WHERE seq = 2");
      assertThat(audit(home)).as(text(out)).isZero();
      sql(home, "DELETE FROM batch_ledger WHERE seq = 2");
      assertThat(audit(home)).as(text(out)).isEqualTo(1);
      assertThat(text(out)).contains("seq 2 count as committed");

      up.stop();
    }
    assertThat(audit(home)).isEqualTo(3);
    assertThat(text(err)).contains("does not run");
  }

  private int audit(Path home, String... more) {
    out.reset();
    err.reset();
    String[] args = new String[more.length + 1];
    args[0] = "audit";
    System.arraycopy(more, 0, args, 1, more.length);
    return new CommandLine(context(home)).run(args);
  }

  private CliContext context(Path home) {
    return new CliContext(
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8),
        Map.of("SENTINEL_HOME", home.toString()),
        Optional.empty(),
        home);
  }

  private void sql(Path home, String text) throws SQLException, IOException {
    DatabaseAddress address = new EmbeddedDatabase().find(context(home));
    try (Connection connection =
            DriverManager.getConnection(
                address.url(), address.user(), address.password().orElseThrow());
        Statement statement = connection.createStatement()) {
      assertThat(statement.executeUpdate(text)).isPositive();
    }
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
