package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import com.github.rvesse.airline.annotations.restrictions.MaxOccurrences;
import com.github.rvesse.airline.annotations.restrictions.Required;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Values over time. */
@Command(name = "range", description = "Show the values of a metric over time")
public final class MetricsRangeCommand extends RemoteCommand {
  /** 31 days. */
  private static final int MAX_LAST_MINUTES = 31 * 24 * 60;

  @Option(
      name = "--agent",
      title = "ID",
      description = "The agent (default: the only one there is)")
  private @Nullable String agent;

  @Option(name = "--last", title = "MINUTES", description = "How far back (default 15)")
  private int lastMinutes = 15;

  @Option(
      name = "--step",
      title = "SECONDS",
      description = "Mean over steps of this length (default 0: samples as they are)")
  private int stepSeconds;

  @Arguments(title = "METRIC", description = "Its name, such as system.cpu.utilization")
  @Required
  @MaxOccurrences(occurrences = 1)
  private String metric = "";

  @Override
  Map<String, String> optionNames() {
    return Map.of("name", "METRIC", "from", "--last", "step", "--step");
  }

  @Override
  int execute(CliContext context) {
    bounded("--last", lastMinutes, 1, MAX_LAST_MINUTES);
    ApiClient client = client(context);
    Instant now = Instant.now();
    Map<String, String> query = new LinkedHashMap<>();
    query.put("name", plain("METRIC", metric));
    query.put("from", now.minusSeconds(lastMinutes * 60L).toString());
    query.put("to", now.toString());
    query.put("step", Integer.toString(stepSeconds));
    String id = AgentChoice.of(client, agent);
    JsonNode answer =
        client.get(
            "/v1/metrics/agents/" + ApiClient.encode(id) + "/range" + ApiClient.query(query),
            "items");
    if (answer.path("items").isEmpty()) {
      client.get("/v1/agents/" + ApiClient.encode(id), "epochs"); // says so when there is none
    }
    Table table =
        new Table(
            "no sample of " + metric + " in the last " + lastMinutes + " minutes",
            "TIME",
            "LABELS",
            "VALUE");
    Table raw = new Table("", "TIME", "LABELS", "VALUE", "UNIT");
    for (JsonNode series : answer.path("items")) {
      for (JsonNode point : series.path("points")) {
        table.row(
            point.path(0).asString(),
            Format.labels(series.path("labels")),
            Format.value(point.path(1).asDouble(), series.path("unit").asString("")));
        raw.row(
            point.path(0).asString(),
            Format.labels(series.path("labels")),
            Format.plain(point.path(1)),
            series.path("unit").asString(""));
      }
    }
    return print(context, answer, table, raw);
  }
}
