package dev.sentinelj.runners.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Which agent a command is about: the one that was named, or the only one there is. */
final class AgentChoice {
  private AgentChoice() {}

  static String of(ApiClient client, @Nullable String named) {
    if (named != null) {
      return named;
    }
    List<String> ids = new ArrayList<>();
    for (JsonNode agent : client.get("/v1/agents", "items").path("items")) {
      ids.add(agent.path("id").asString());
    }
    return switch (ids.size()) {
      case 0 ->
          throw new CliException(
              ExitCode.FAILED, "no agent has enrolled yet: see sentinel help agents add");
      case 1 -> ids.getFirst();
      default ->
          throw new CliException(
              ExitCode.USAGE,
              "there are several agents: name one with --agent, such as " + ids.getFirst());
    };
  }
}
