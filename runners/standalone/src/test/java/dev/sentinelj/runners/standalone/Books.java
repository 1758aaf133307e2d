package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.files.FileBatchLog;
import dev.sentinelj.adapters.files.TinkSecretVault;
import dev.sentinelj.adapters.files.WalConfig;
import dev.sentinelj.runners.cli.CliContext;
import dev.sentinelj.runners.cli.CommandLine;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What an agent's log says it ever took, against what the database has. */
final class Books {
  private static final long PATIENCE_NANOS = 60_000_000_000L;

  private Books() {}

  static long counter(JsonNode status, String name) {
    return status.path("counters").path(name).asLong();
  }

  /**
   * Starts it once more, collecting next to nothing, until the database has all of the log; stops
   * it. A reading that was taken just before the end went into the log alone: then once more.
   */
  static void drain(Path home) throws Exception {
    long through = -1;
    Path wal = home.resolve("agent").resolve("wal");
    for (long given = given(wal); through < given; given = given(wal)) {
      long wanted = given;
      try (UpProcess up = UpProcess.start(home, 0, 3_600).awaitReady()) {
        JsonNode status =
            up.api()
                .await(
                    "/v1/status", answer -> counter(answer, "agent_committed_through") >= wanted);
        through = counter(status, "agent_committed_through");
        up.stop();
      }
    }
  }

  /** The same for an agent beside the host's own, which is stopped; the installation runs. */
  static void drain(NewAgent agent, Path directory, Api api) throws Exception {
    Path wal = directory.resolve("wal");
    long through = -1;
    for (long given = given(wal); through < given; given = given(wal)) {
      long wanted = given;
      try (AgentProcess process = AgentProcess.start(directory, agent.gateway().getPort(), 3_600)) {
        JsonNode answer =
            api.await("/v1/agents/" + agent.id(), now -> committedThrough(now) >= wanted);
        through = committedThrough(answer);
        process.stop();
      }
    }
  }

  private static long committedThrough(JsonNode agent) {
    return agent.path("epochs").path(0).path("through").asLong();
  }

  /** The greatest seq the log ever gave out, also when it was freed since. */
  static long given(Path wal) {
    try (FileBatchLog log = FileBatchLog.open(wal, WalConfig.defaults())) {
      return log.nextSeq() - 1;
    }
  }

  /**
   * Every record that the host's log and {@code others} ever took is in the database once, and so
   * is every sample. Nothing may run on {@code home}.
   */
  static void assertBalanced(Path home, List<Path> others) throws Exception {
    assertBalanced(home, others, _ -> {});
  }

  /** The same, and asks {@code more} of the database. */
  static void assertBalanced(Path home, List<Path> others, Question more) throws Exception {
    List<Path> logs = new ArrayList<>(others);
    logs.add(home.resolve("agent").resolve("wal"));
    long records = 0;
    long samples = 0;
    for (Path path : logs) {
      try (FileBatchLog log = FileBatchLog.open(path, WalConfig.defaults())) {
        records += log.nextSeq() - 1 - log.torn().size();
        samples += log.sampleCount();
      }
    }
    compare(home, records, samples, more);
  }

  private static void compare(Path home, long records, long samples, Question more)
      throws Exception {
    assertThat(samples).isPositive();
    onDatabase(
        home,
        connection -> {
          long torn =
              number(connection, "SELECT coalesce(sum(seq_to - seq_from + 1), 0) FROM losses");
          assertThat(number(connection, "SELECT count(*) FROM samples")).isEqualTo(samples);
          assertThat(
                  number(
                      connection,
                      "SELECT count(*) FROM (SELECT DISTINCT time, series_id FROM samples) AS d"))
              .isEqualTo(samples);
          assertThat(number(connection, "SELECT count(*) FROM batch_ledger"))
              .isEqualTo(records - torn);
          assertThat(number(connection, "SELECT sum(samples) FROM batch_ledger"))
              .isEqualTo(samples);
          assertThat(number(connection, "SELECT max(abs(unaccounted)) FROM v_balance")).isZero();
          assertAudited(home);
          more.ask(connection);
        });
  }

  /** {@code sentinel audit} finds every epoch ok and every row; the database must run. */
  static void assertAudited(Path home) {
    JsonNode audit = audit(home);
    assertThat(verdicts(audit)).as(audit.toPrettyString()).isNotEmpty().containsOnly("ok");
  }

  /**
   * The same, once what is in flight has come and logs have said their last word. What is
   * unaccounted for meanwhile fails at once.
   */
  static void awaitAudited(Path home) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    JsonNode audit = audit(home);
    while (!verdicts(audit).stream().allMatch("ok"::equals)) {
      assertThat(System.nanoTime()).as(audit.toPrettyString()).isLessThan(deadline);
      LockSupport.parkNanos(200_000_000);
      audit = audit(home);
    }
  }

  private static List<String> verdicts(JsonNode audit) {
    return audit.path("epochs").valueStream().map(one -> one.path("verdict").asString()).toList();
  }

  private static JsonNode audit(Path home) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Map<String, String> environment = Map.of("SENTINEL_HOME", home.toString());
    CliContext context = new CliContext(out, System.err, environment, Optional.empty(), home);
    int exitCode = new CommandLine(context).run("audit", "--recount", "-o", "json");
    String text = bytes.toString(StandardCharsets.UTF_8);
    assertThat(exitCode).as(text).isZero();
    return JsonMapper.shared().readTree(text);
  }

  @FunctionalInterface
  interface Question {
    void ask(Connection connection) throws Exception;
  }

  /** Starts the database of a stopped {@code home} for a question. */
  static void onDatabase(Path home, Question question) throws Exception {
    String password = password(home);
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(home.resolve("postgres"), password);
        Connection connection =
            DriverManager.getConnection(postgres.jdbcUrl(), EmbeddedPostgres.USER, password)) {
      question.ask(connection);
    }
  }

  /** Asks the database of a {@code home} that runs. */
  static void onRunningDatabase(Path home, Question question) throws Exception {
    Path postgres = home.resolve("postgres");
    String port = Files.readAllLines(postgres.resolve("data").resolve("postmaster.pid")).get(3);
    String url = "jdbc:postgresql://127.0.0.1:" + port.strip() + "/" + EmbeddedPostgres.DATABASE;
    try (Connection connection =
        DriverManager.getConnection(url, EmbeddedPostgres.USER, password(home))) {
      question.ask(connection);
    }
  }

  /** No worker commits until this connection rolls back. */
  static void stopCommits(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("LOCK TABLE agent_progress IN EXCLUSIVE MODE");
    }
  }

  private static String password(Path home) {
    return DatabasePassword.of(
        new Home(home),
        TinkSecretVault.open(new Home(home).keys(), Optional.empty()),
        new SecureRandom());
  }

  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }
}
