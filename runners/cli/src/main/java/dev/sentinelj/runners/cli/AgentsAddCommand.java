package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Makes a join token. */
@Command(
    name = "add",
    description = "Make a join token with which an agent enrols; it is shown once")
public final class AgentsAddCommand extends RemoteCommand {
  private static final int MAX_USES = 1_000;

  /** 30 days. */
  private static final int MAX_TTL_MINUTES = 30 * 24 * 60;

  @Option(name = "--id", title = "ID", description = "The id the agent gets (default: a new one)")
  private @Nullable String id;

  @Option(
      name = "--uses",
      title = "N",
      description = "How many agents may enrol with it (default 1)")
  private int uses = 1;

  @Option(name = "--ttl", title = "MINUTES", description = "How long it is good for (default 60)")
  private int ttlMinutes = 60;

  @Override
  Map<String, String> optionNames() {
    return Map.of("agent", "--id", "uses", "--uses", "ttl_seconds", "--ttl");
  }

  @Override
  int execute(CliContext context) {
    bounded("--uses", uses, 1, MAX_USES);
    bounded("--ttl", ttlMinutes, 1, MAX_TTL_MINUTES);
    ApiClient client = client(context);
    Map<String, Object> body = new LinkedHashMap<>();
    if (id != null) {
      body.put("agent", id);
    }
    body.put("uses", uses);
    body.put("ttl_seconds", ttlMinutes * 60L);
    JsonNode answer = client.post("/v1/join-tokens", body);
    if (id != null && client.ask("/v1/agents/" + ApiClient.encode(id)).status() == 200) {
      context
          .err()
          .println(
              "sentinel: warning: "
                  + id
                  + " is known already: whoever uses this token enrols as it again, and its"
                  + " present key is rotated then");
    }
    Table table = new Table("", "JOIN TOKEN", "USES", "EXPIRES");
    table.row(
        answer.path("token").asString(),
        answer.path("uses").asString(),
        answer.path("expires_at").asString());
    return print(context, answer, table);
  }
}
