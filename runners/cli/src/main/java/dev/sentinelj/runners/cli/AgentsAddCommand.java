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
  int execute(CliContext context) {
    Map<String, Object> body = new LinkedHashMap<>();
    if (id != null) {
      body.put("agent", id);
    }
    body.put("uses", uses);
    body.put("ttl_seconds", ttlMinutes * 60L);
    JsonNode answer = client(context).post("/v1/join-tokens", body);
    Table table = new Table("", "JOIN TOKEN", "USES", "EXPIRES");
    table.row(
        answer.path("token").asString(),
        answer.path("uses").asString(),
        answer.path("expires_at").asString());
    return print(context, answer, table);
  }
}
