package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An agent alone, as a process of its own. */
final class AgentProcess implements AutoCloseable {
  private static final long STOP_SECONDS = 60;

  private final Process process;

  private AgentProcess(Process process) {
    this.process = process;
  }

  /** Starts on {@code home}, which has an identity, and returns when it says that it runs. */
  static AgentProcess start(Path home, int grpcPort, int intervalSeconds) throws IOException {
    Path config = home.resolve("agent.conf");
    Files.writeString(
        config,
        """
        home = %s
        server.port = %d
        collect.interval = %d
        log.segment.kibibytes = 256
        """
            .formatted(home, grpcPort, intervalSeconds));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-Dlogback.configurationFile=logback.xml",
                "-Dsentinel.logs=" + home.resolve("logs"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                dev.sentinelj.runners.agent.Main.class.getName(),
                config.toString())
            .redirectErrorStream(true)
            .start();
    AgentProcess agent = new AgentProcess(process);
    BufferedReader output = process.inputReader();
    List<String> lines = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
      if (line.contains("SIGTERM stops it")) {
        return agent;
      }
    }
    throw new AssertionError("the agent ended before it ran: " + lines);
  }

  /** SIGTERM, then the end. */
  void stop() throws InterruptedException {
    assertThat(process.isAlive()).as("the agent is still there").isTrue();
    process.destroy();
    assertThat(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
