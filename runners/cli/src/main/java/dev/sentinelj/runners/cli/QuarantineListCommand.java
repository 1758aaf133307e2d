package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What was kept aside, at the server or at the agent of this machine. */
@Command(name = "list", description = "List the batches and samples that were kept aside")
public final class QuarantineListCommand extends RemoteCommand {
  @Option(name = "--agent", title = "ID", description = "Only those of this agent")
  private @Nullable String agent;

  @Option(name = "--reason", title = "REASON", description = "Only those with this reason")
  private @Nullable String reason;

  @Option(name = "--limit", title = "N", description = "At most so many, newest first (default 50)")
  private int limit = 50;

  @Option(
      name = "--local",
      description = "Those that no server took, in the directory of the agent of this machine")
  private boolean local;

  @Option(
      name = "--data",
      title = "DIR",
      description = "With --local: where the agent keeps its data (default: that of sentinel up)")
  private @Nullable String data;

  @Override
  Map<String, String> optionNames() {
    return Map.of("agent", "--agent", "reason", "--reason", "limit", "--limit");
  }

  @Override
  int execute(CliContext context) {
    bounded("--limit", limit, 1, QuarantineRows.MAX_PAGE);
    if (local) {
      return listLocal(context);
    }
    if (data != null) {
      throw new CliException(ExitCode.USAGE, "--data goes with --local only");
    }
    Instant now = Instant.now();
    JsonNode answer = QuarantineRows.page(client(context), agent, reason, limit, "");
    int exitCode =
        print(
            context,
            answer,
            table(answer, nothing(), at -> Format.age(at, now)),
            table(answer, "", at -> at));
    if (isTable() && !answer.path("next_cursor").asString("").isEmpty()) {
      context.err().println("sentinel: there are more: use --limit, --agent or --reason");
    }
    return exitCode;
  }

  private String nothing() {
    return "nothing"
        + (agent == null ? "" : " of " + agent)
        + (reason == null ? "" : " with the reason " + reason)
        + " was kept aside";
  }

  /**
   * @param time how a time is told
   */
  private static Table table(JsonNode answer, String nothing, UnaryOperator<String> time) {
    Table table =
        new Table(
            nothing, "ID", "AGENT", "REASON", "SAMPLES", "BYTES", "RECEIVED", "REPLAYED", "DETAIL");
    for (JsonNode row : answer.path("items")) {
      String replayed = row.path("replayed_at").asString("");
      table.row(
          row.path("id").asString(),
          row.path("agent").asString(""),
          row.path("reason").asString(),
          row.path("samples").asString(),
          row.path("size").asString(),
          time.apply(row.path("received_at").asString("")),
          replayed.isEmpty() ? "" : time.apply(replayed),
          row.path("detail").asString());
    }
    return table;
  }

  private int listLocal(CliContext context) {
    if (agent != null) {
      throw new CliException(ExitCode.USAGE, "--agent does not go with --local: there is but one");
    }
    Path directory = data == null ? context.home().resolve("agent") : directory("--data", data);
    JsonNode answer = LocalQuarantine.list(directory, reason, limit);
    Instant now = Instant.now();
    return print(
        context,
        answer,
        localTable(answer, nothingLocal(), at -> Format.age(at, now)),
        localTable(answer, "", at -> at));
  }

  private String nothingLocal() {
    return "no batch of this agent was refused for good"
        + (reason == null ? "" : " with the reason " + reason);
  }

  private static Table localTable(JsonNode answer, String nothing, UnaryOperator<String> time) {
    Table table = new Table(nothing, "EPOCH", "SEQ", "REASON", "BYTES", "KEPT", "FILE");
    for (JsonNode row : answer.path("items")) {
      table.row(
          row.path("epoch").asString(),
          row.path("seq").asString(),
          row.path("reason").asString(),
          row.path("size").asString(),
          time.apply(row.path("kept_at").asString()),
          row.path("file").asString());
    }
    return table;
  }
}
