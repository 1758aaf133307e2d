package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Command;
import tools.jackson.databind.JsonNode;

/** Whether the server works, for people and for scripts. */
@Command(
    name = "health",
    description = "Say whether the server is ready; exit code 1 when it is not")
public final class HealthCommand extends RemoteCommand {
  @Override
  int execute(CliContext context) {
    ApiClient.Reply reply = client(context).ask("/ready");
    Table table = new Table("the server has no parts", "PART", "READY", "DETAIL");
    for (JsonNode part : reply.answer().path("parts")) {
      table.row(
          part.path("name").asString(),
          part.path("ready").asBoolean() ? "yes" : "NO",
          part.path("detail").asString());
    }
    print(context, reply.answer(), table);
    return reply.answer().path("ready").asBoolean() ? ExitCode.OK : ExitCode.FAILED;
  }
}
