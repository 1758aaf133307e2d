package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tries again to store what was kept aside, row by row. Fails when any row could not be replayed;
 * those that could stay replayed.
 */
@Command(
    name = "replay",
    description =
        "Try again to store batches that were kept aside: name their ids, or agent and reason")
public final class QuarantineReplayCommand extends RemoteCommand {
  @Option(name = "--agent", title = "ID", description = "All of this agent, with --reason")
  private @Nullable String agent;

  @Option(name = "--reason", title = "REASON", description = "All with this reason, with --agent")
  private @Nullable String reason;

  @Option(name = "--yes", description = "Do not ask before more than one is replayed")
  private boolean yes;

  @Arguments(title = "ID", description = "Ids, as sentinel quarantine list shows them")
  private List<String> ids = new ArrayList<>();

  private long replayed;
  private long refused;
  private long stored;
  private long aside;
  private long overflow;
  private int exitCode = ExitCode.OK;

  @Override
  Map<String, String> optionNames() {
    return Map.of("agent", "--agent", "reason", "--reason");
  }

  @Override
  int execute(CliContext context) {
    boolean named = !ids.isEmpty();
    if (named ? agent != null || reason != null : agent == null || reason == null) {
      throw new CliException(
          ExitCode.USAGE, "name either ids, or both --agent ID and --reason REASON");
    }
    ids.forEach(id -> QuarantineRows.path(plain("ID", id)));
    ApiClient client = client(context);
    List<String> wanted = named ? ids : matching(client);
    if (!named && !wanted.isEmpty()) {
      confirm(context, wanted.size());
    }
    ObjectNode answer = ApiClient.JSON.createObjectNode();
    Table table =
        new Table(
            "nothing of " + agent + " with the reason " + reason + " waits to be replayed",
            "ID",
            "RESULT",
            "STORED",
            "QUARANTINED",
            "OVERFLOW",
            "DETAIL");
    ArrayNode items = answer.putArray("items");
    wanted.forEach(id -> replay(client, id, items.addObject(), table));
    if (wanted.size() > 1) {
      table.row(
          "sum",
          replayed + " of " + wanted.size(),
          Long.toString(stored),
          Long.toString(aside),
          Long.toString(overflow),
          "");
    }
    answer.put("replayed", replayed).put("refused", refused).put("stored", stored);
    print(context, answer, table);
    return exitCode;
  }

  private void replay(ApiClient client, String id, ObjectNode item, Table table) {
    ApiClient.Reply reply = client.tell(QuarantineRows.path(id) + "/replay", Map.of());
    item.put("id", Long.parseLong(id));
    if (reply.status() < 400) {
      JsonNode done = reply.answer();
      replayed++;
      stored += done.path("stored").asLong();
      aside += done.path("quarantined").asLong();
      overflow += done.path("overflow").asLong();
      item.put("result", "replayed");
      done.properties().forEach(field -> item.set(field.getKey(), field.getValue()));
      table.row(
          id,
          "replayed",
          done.path("stored").asString(),
          done.path("quarantined").asString(),
          done.path("overflow").asString(),
          done.path("agent").asString() + " seq " + done.path("seq").asString());
      return;
    }
    if (reply.status() == 401 || reply.status() == 403) {
      throw new CliException(ExitCode.UNAUTHORIZED, client.problem(reply));
    }
    refused++;
    exitCode = ExitCode.FAILED;
    String why = client.problem(reply);
    item.put("result", "refused").put("status", reply.status()).put("detail", why);
    table.row(id, "refused", "", "", "", why);
  }

  /** All rows that may be replayed, oldest first, so that they are stored as they came. */
  private List<String> matching(ApiClient client) {
    List<String> found = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = QuarantineRows.page(client, agent, reason, QuarantineRows.MAX_PAGE, cursor);
      for (JsonNode row : page.path("items")) {
        if (row.path("replayable").asBoolean()) {
          found.add(row.path("id").asString());
        }
      }
      cursor = page.path("next_cursor").asString("");
    } while (!cursor.isEmpty());
    return found.reversed();
  }

  private void confirm(CliContext context, int count) {
    if (yes) {
      return;
    }
    String answer =
        context
            .console()
            .map(console ->
                console.readLine(
                    "Replay %d of %s with the reason %s? [y/N] ", count, agent, reason))
            .orElseThrow(() ->
                new CliException(
                    ExitCode.USAGE, "no terminal to ask at: say --yes to replay " + count));
    if (answer == null || !answer.strip().equalsIgnoreCase("y")) {
      throw new CliException(ExitCode.FAILED, "nothing was replayed");
    }
  }
}
