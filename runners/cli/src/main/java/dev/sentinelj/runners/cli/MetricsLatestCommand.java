package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import com.github.rvesse.airline.annotations.restrictions.MaxOccurrences;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** The newest value of each series. */
@Command(name = "latest", description = "Show the newest value of each series of an agent")
public final class MetricsLatestCommand extends RemoteCommand {
  @Option(
      name = "--agent",
      title = "ID",
      description = "The agent (default: the only one there is)")
  private @Nullable String agent;

  @Arguments(
      title = "PREFIX",
      description = "Only metrics whose name starts with this, such as system.cpu")
  @MaxOccurrences(occurrences = 1)
  private @Nullable String prefix;

  @Override
  int execute(CliContext context) {
    ApiClient client = client(context);
    String id = AgentChoice.of(client, agent);
    String start = prefix == null ? "" : plain("PREFIX", prefix);
    JsonNode answer =
        client.get(
            "/v1/metrics/agents/"
                + ApiClient.encode(id)
                + "/latest"
                + ApiClient.query(Map.of("prefix", start)),
            "items");
    if (answer.path("items").isEmpty()) {
      client.get("/v1/agents/" + ApiClient.encode(id), "epochs"); // says so when there is none
    }
    Table table = new Table(nothing(id, start), "METRIC", "LABELS", "VALUE", "AGE");
    Table raw = new Table("", "METRIC", "LABELS", "VALUE", "UNIT", "TIME");
    for (JsonNode series : answer.path("items")) {
      table.row(
          series.path("name").asString(),
          Format.labels(series.path("labels")),
          Format.value(series.path("value").asDouble(), series.path("unit").asString("")),
          Format.age(series.path("time").asString(""), Instant.now()));
      raw.row(
          series.path("name").asString(),
          Format.labels(series.path("labels")),
          Format.plain(series.path("value")),
          series.path("unit").asString(""),
          series.path("time").asString(""));
    }
    return print(context, answer, table, raw);
  }

  private static String nothing(String id, String start) {
    return start.isEmpty()
        ? "nothing stored for " + id + " in the last 15 minutes"
        : "no metric of " + id + " that starts with '" + start + "' in the last 15 minutes";
  }
}
