package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Command;
import java.time.Instant;
import tools.jackson.databind.JsonNode;

/** All agents. */
@Command(name = "list", description = "List the agents and when each was last heard")
public final class AgentsListCommand extends RemoteCommand {
  @Override
  int execute(CliContext context) {
    JsonNode answer = client(context).get("/v1/agents", "items");
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
          Format.age(agent.path("last_heard_at").asString(""), Instant.now()),
          Format.labels(agent.path("labels")));
    }
    return print(context, answer, table);
  }
}
