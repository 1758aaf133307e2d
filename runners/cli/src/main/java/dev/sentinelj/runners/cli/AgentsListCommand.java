package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Command;
import java.time.Instant;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/** All agents. */
@Command(name = "list", description = "List the agents and when each was last heard")
public final class AgentsListCommand extends RemoteCommand {
  @Override
  int execute(CliContext context) {
    JsonNode answer = client(context).get("/v1/agents", "items");
    Instant now = Instant.now();
    return print(
        context, answer, table(answer, at -> Format.age(at, now)), table(answer, at -> at));
  }

  /**
   * @param time how a time is told
   */
  private static Table table(JsonNode answer, UnaryOperator<String> time) {
    Table table =
        new Table(
            "no agent yet: make a join token with sentinel agents add",
            "AGENT",
            "STATUS",
            "VERSION",
            "LAST HEARD",
            "LABELS");
    for (JsonNode agent : answer.path("items")) {
      table.row(
          agent.path("id").asString(),
          agent.path("status").asString(),
          agent.path("version").asString(),
          time.apply(agent.path("last_heard_at").asString("")),
          Format.labels(agent.path("labels")));
    }
    return table;
  }
}
