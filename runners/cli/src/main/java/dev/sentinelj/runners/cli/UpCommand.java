package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** Starts everything on this machine. */
@Command(
    name = "up",
    description = "Run agent, server, worker, database and console on this machine until Ctrl-C")
public final class UpCommand extends HelpfulCommand {
  @Option(
      name = "--home",
      title = "DIR",
      description = "Where everything is kept (default $SENTINEL_HOME, then ~/.sentinel)")
  private @Nullable String home;

  @Option(
      name = "--http-port",
      title = "PORT",
      description = "Port of the page and the REST API (default 8080; 0: any free one)")
  private @Nullable String httpPort;

  @Option(
      name = "--grpc-port",
      title = "PORT",
      description = "Port for agents (default 50051; 0: any free one)")
  private @Nullable String grpcPort;

  @Option(
      name = "--bind",
      title = "ADDRESS",
      description = "Address to listen at; only loopback until TLS comes (default 127.0.0.1)")
  private @Nullable String bind;

  @Option(
      name = "--interval",
      title = "SECONDS",
      description = "How often the host is read (default 10)")
  private @Nullable String interval;

  @Option(
      name = "--ephemeral",
      description =
          "Keep everything in memory and a temporary directory that is deleted at the end: for trying things out, as memory grows with every sample")
  private boolean ephemeral;

  @Option(
      name = "--new-password",
      description = "Make a new password for admin and show it, when the first one was lost")
  private boolean newPassword;

  @Override
  int execute(CliContext context) {
    if (home != null && ephemeral) {
      throw new CliException(
          ExitCode.USAGE,
          "--home does not go with --ephemeral, which keeps things in a directory of its own");
    }
    Path directory = home == null ? context.home() : directory("--home", home);
    UpLauncher launcher =
        ServiceLoader.load(UpLauncher.class)
            .findFirst()
            .orElseThrow(() ->
                new CliException(
                    ExitCode.FAILED, "this is the command line alone: start it as ./sentinel up"));
    return launcher.run(new UpOptions(directory, settings(), ephemeral, newPassword), context);
  }

  private Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    put(settings, "http.port", httpPort);
    put(settings, "grpc.port", grpcPort);
    put(settings, "bind.address", bind);
    put(settings, "collect.interval", interval);
    return settings;
  }

  private static void put(Map<String, String> settings, String name, @Nullable String value) {
    if (value != null) {
      settings.put(name, value);
    }
  }
}
