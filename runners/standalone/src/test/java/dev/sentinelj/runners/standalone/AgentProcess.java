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
    AgentProcess agent = run(home, grpcPort, intervalSeconds, 256, List.of());
    agent.awaitReady();
    return agent;
  }

  /**
   * Starts on {@code home}, which has an identity, so that it dies at {@code armed}. Its log is so
   * small that it rolls over within seconds.
   */
  static AgentProcess start(Path home, int grpcPort, ArmedFailpoint armed) throws IOException {
    return run(home, grpcPort, 1, 16, List.of(armed.option()));
  }

  private static AgentProcess run(
      Path home, int grpcPort, int intervalSeconds, int segmentKibibytes, List<String> options)
      throws IOException {
    Path config = home.resolve("agent.conf");
    Files.writeString(
        config,
        """
        home = %s
        server.port = %d
        collect.interval = %d
        log.segment.kibibytes = %d
        """
            .formatted(home, grpcPort, intervalSeconds, segmentKibibytes));
    List<String> all =
        new ArrayList<>(List.of("-Xmx256m", "-Dsentinel.logs=" + home.resolve("logs")));
    all.addAll(options);
    List<String> command =
        Jvm.command(
            Prepared.shared(),
            all,
            dev.sentinelj.runners.agent.Main.class,
            List.of(config.toString()));
    return new AgentProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  private void awaitReady() throws IOException {
    BufferedReader output = process.inputReader();
    List<String> lines = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
      if (line.contains("SIGTERM stops it")) {
        return;
      }
    }
    throw new AssertionError("the agent ended before it ran: " + lines);
  }

  /** Whether it ended within so many seconds as a process that was killed. */
  boolean died(long seconds) throws InterruptedException {
    return Jvm.died(process, seconds);
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
