package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Proves who is asking, and keeps a token for the next commands. */
@Command(name = "login", description = "Log in and keep a token for this command line")
public final class LoginCommand extends HelpfulCommand {
  @Option(
      name = "--server",
      title = "URL",
      description = "Address of the server (default: the one kept by up or login)")
  private @Nullable String server;

  @Option(name = "--user", title = "NAME", description = "Name of the operator (default admin)")
  private String user = "admin";

  @Option(name = "--password-stdin", description = "Read the password from standard input")
  private boolean passwordStdin;

  private static final int TOKEN_DAYS = 90;

  @Override
  int execute(CliContext context) {
    ApiClient client =
        ApiClient.of(context, server).naming(Map.of("user", "--user", "password", "the password"));
    String token = newToken(client, password(context));
    try {
      Files.createDirectories(context.home());
      new ApiContext(client.url(), Optional.of(token)).write(context.home());
    } catch (IOException e) {
      throw new CliException(
          ExitCode.FAILED, "cannot write to " + context.home() + ": " + Reasons.of(e));
    }
    context
        .out()
        .println("logged in at " + client.url() + " as " + user + " for " + TOKEN_DAYS + " days");
    return ExitCode.OK;
  }

  private String newToken(ApiClient client, String password) {
    Map<String, Object> request =
        Map.of("user", user, "password", password, "name", "cli", "ttl_days", TOKEN_DAYS);
    try {
      return client.post("/v1/auth/api-tokens", request).path("token").asString();
    } catch (CliException e) {
      throw e.exitCode() == ExitCode.UNAUTHORIZED
          ? new CliException(
              ExitCode.UNAUTHORIZED, "wrong name or password for " + user + " at " + client.url())
          : e;
    }
  }

  private String password(CliContext context) {
    if (passwordStdin) {
      return firstLineOfInput();
    }
    char[] typed =
        context
            .console()
            .map(console -> console.readPassword("Password of %s: ", user))
            .orElseThrow(() ->
                new CliException(
                    ExitCode.USAGE,
                    "no terminal to ask at: give the password with --password-stdin"));
    return new String(typed);
  }

  private static String firstLineOfInput() {
    try {
      String line =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
      return line == null ? "" : line;
    } catch (IOException e) {
      throw new CliException(ExitCode.FAILED, "cannot read the password: " + e.getMessage());
    }
  }
}
