package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

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

  /**
   * Starts a {@link LoadMain} on {@code home} that collects.
   *
   * @param run tells its series from those of other lives
   * @param armed where it dies, if anywhere
   */
  static AgentProcess collecting(Path home, int grpcPort, String run, ArmedFailpoint... armed)
      throws IOException {
    List<String> options = Stream.of(armed).map(ArmedFailpoint::option).toList();
    return load(home, options, List.of(home.toString(), Integer.toString(grpcPort), run));
  }

  /** Starts one that ships what its logs have and ends. */
  static AgentProcess shipping(Path home, int grpcPort) throws IOException {
    return load(home, List.of(), List.of(home.toString(), Integer.toString(grpcPort)));
  }

  private static AgentProcess load(Path home, List<String> armed, List<String> args)
      throws IOException {
    List<String> options =
        new ArrayList<>(List.of("-Xmx256m", "-Dsentinel.logs=" + home.resolve("logs")));
    options.addAll(armed);
    ProcessBuilder builder =
        new ProcessBuilder(Jvm.command(Prepared.shared(), options, LoadMain.class, args));
    builder.redirectErrorStream(true).redirectOutput(home.resolve("output").toFile());
    return new AgentProcess(builder.start());
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

  /** Whether one of them ended so; what became of the other is not asked. */
  static boolean oneDied(AgentProcess one, AgentProcess other, long seconds) throws Exception {
    CompletableFuture.anyOf(one.process.onExit(), other.process.onExit())
        .orTimeout(seconds, TimeUnit.SECONDS)
        .exceptionally(_ -> false)
        .get();
    return one.died(0) || other.died(0);
  }

  /** SIGKILL, then the end. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Its end, which is a good one. */
  void awaitEnd() throws InterruptedException {
    assertThat(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
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
