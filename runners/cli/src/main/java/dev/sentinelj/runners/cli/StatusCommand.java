package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Command;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/** How everything is doing. */
@Command(name = "status", description = "Show what works, what was counted and what was refused")
public final class StatusCommand extends RemoteCommand {
  private static final String ENTERED = "batches_entered";

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
    counters(answer.path("counters"))
        .forEach((name, count) -> table.row(name, count.asString(), ""));
    return print(context, answer, table);
  }

  /**
   * By name. What was accepted and what was entered differ by what came twice, so that stands
   * beside them also while it is none.
   */
  private static SortedMap<String, JsonNode> counters(JsonNode counters) {
    SortedMap<String, JsonNode> shown = new TreeMap<>();
    if (counters.has(ENTERED)) {
      shown.put("batches_duplicate", ApiClient.JSON.getNodeFactory().numberNode(0));
    }
    counters.properties().forEach(counter -> shown.put(counter.getKey(), counter.getValue()));
    return shown;
  }
}
