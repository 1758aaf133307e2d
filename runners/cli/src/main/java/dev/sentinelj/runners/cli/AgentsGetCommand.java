package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.restrictions.MaxOccurrences;
import com.github.rvesse.airline.annotations.restrictions.Required;
import tools.jackson.databind.JsonNode;

/** One agent and its balance. */
@Command(name = "get", description = "Show an agent and the balance of its samples")
public final class AgentsGetCommand extends RemoteCommand {
  @Arguments(title = "AGENT", description = "Its id, as sentinel agents list shows it")
  @Required
  @MaxOccurrences(occurrences = 1)
  private String agent = "";

  @Override
  int execute(CliContext context) {
    JsonNode answer =
        client(context).get("/v1/agents/" + ApiClient.encode(plain("AGENT", agent)), "epochs");
    Table table =
        new Table(
            answer.path("id").asString() + " has not sent anything yet",
            "EPOCH",
            "THROUGH",
            "COLLECTED",
            "STORED",
            "QUARANTINED",
            "LOST",
            "OVERFLOW",
            "MOVED",
            "IN FLIGHT",
            "UNACCOUNTED",
            "STATE");
    for (JsonNode epoch : answer.path("epochs")) {
      table.row(
          epoch.path("epoch").asString(),
          epoch.path("through").asString(),
          epoch.path("collected").asString(),
          epoch.path("stored").asString(),
          epoch.path("quarantined").asString(),
          epoch.path("lost").asString(),
          epoch.path("overflow").asString(),
          epoch.path("moved").asString(),
          epoch.path("in_flight").asString(),
          epoch.path("unaccounted").asString(),
          state(epoch));
    }
    return print(context, answer, table);
  }

  /** What a copied agent leaves behind, see the README. */
  private static String state(JsonNode epoch) {
    boolean closed = epoch.path("closed").asBoolean();
    if (epoch.path("forked").asBoolean()) {
      return closed ? "closed, forked" : "forked";
    }
    return closed ? "closed" : "open";
  }
}
