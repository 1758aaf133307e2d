package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Command;
import tools.jackson.databind.JsonNode;

/** How everything is doing. */
@Command(name = "status", description = "Show what works, what was counted and what was refused")
public final class StatusCommand extends RemoteCommand {
  @Override
  int execute(CliContext context) {
    JsonNode answer = client(context).get("/v1/status", "counters");
    Table table = new Table("the server says nothing", "WHAT", "VALUE", "DETAIL");
    for (JsonNode part : answer.path("parts")) {
      table.row(
          part.path("name").asString(),
          part.path("ready").asBoolean() ? "ready" : "NOT READY",
          part.path("detail").asString());
    }
    answer
        .path("counters")
        .properties()
        .forEach(counter -> table.row(counter.getKey(), counter.getValue().asString(), ""));
    return print(context, answer, table);
  }
}
