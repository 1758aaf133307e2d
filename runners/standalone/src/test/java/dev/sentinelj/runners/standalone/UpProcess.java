package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** {@code sentinel up} as a process of its own, in a process group of its own. */
final class UpProcess implements AutoCloseable {
  private static final long STOP_SECONDS = 60;

  private final Process process;
  private final Path home;
  private final BufferedReader output;
  private final List<String> lines = new ArrayList<>();

  private UpProcess(Process process, Path home) {
    this.process = process;
    this.home = home;
    this.output = process.inputReader();
  }

  /** Starts on {@code home} with free ports, reading the host each second. */
  static UpProcess start(Path home, String... more) throws IOException {
    return run(home, args(home, 0, 1, more));
  }

  /** Starts where agents find it again after a restart. */
  static UpProcess start(Path home, int grpcPort, int intervalSeconds) throws IOException {
    return run(home, args(home, grpcPort, intervalSeconds));
  }

  /** Starts so that it dies at {@code armed}. */
  static UpProcess start(Path home, ArmedFailpoint armed) throws IOException {
    return run(home, Prepared.shared(), List.of(armed.option()), args(home, 0, 1));
  }

  /** Starts with something else prepared than for all others. */
  static UpProcess start(Path home, Prepared prepared) throws IOException {
    return run(home, prepared, List.of(), args(home, 0, 1));
  }

  private static List<String> args(Path home, int grpcPort, int intervalSeconds, String... more) {
    List<String> args = new ArrayList<>(List.of("up", "--home", home.toString()));
    args.addAll(List.of("--http-port", "0", "--grpc-port", Integer.toString(grpcPort)));
    args.addAll(List.of("--interval", Integer.toString(intervalSeconds)));
    args.addAll(List.of(more));
    return args;
  }

  /** A port for agents that come again after a restart. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Runs the command line with these arguments. */
  static UpProcess run(Path home, List<String> args) throws IOException {
    return run(home, Prepared.shared(), List.of(), args);
  }

  private static UpProcess run(Path home, Prepared prepared, List<String> jvm, List<String> args)
      throws IOException {
    List<String> options = new ArrayList<>(List.of("-Xmx512m"));
    options.addAll(jvm);
    List<String> command = new ArrayList<>(List.of("setsid"));
    command.addAll(Jvm.command(prepared, options, Main.class, args));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(Map.of("SENTINEL_HOME", home.toString()));
    return new UpProcess(builder.start(), home);
  }

  /** Reads what it prints until it is ready. */
  UpProcess awaitReady() throws IOException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
      if (line.startsWith("Ctrl-C stops it")) {
        return this;
      }
    }
    throw new AssertionError("it ended before it was ready: " + lines);
  }

  /** All it printed, once it has ended. */
  List<String> awaitEnd() throws IOException, InterruptedException {
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
    }
    assertThat(process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)).isTrue();
    return lines;
  }

  /** Whether it ended within so many seconds as a process that was killed. */
  boolean died(long seconds) throws InterruptedException {
    return Jvm.died(process, seconds);
  }

  int exitCode() {
    return process.exitValue();
  }

  List<String> lines() {
    return lines;
  }

  /** Address and token of the command line's context, which the process wrote. */
  Api api() throws IOException {
    return api(home);
  }

  /** The same, when it was written to {@code directory}. */
  Api api(Path directory) throws IOException {
    Properties context = new Properties();
    try (Reader in = Files.newBufferedReader(directory.resolve("cli.properties"))) {
      context.load(in);
    }
    return new Api(context.getProperty("url"), context.getProperty("token"));
  }

  /** SIGKILL to every process of the group, the worst that can happen to it. */
  void killGroup() throws IOException, InterruptedException {
    signal("-KILL", "-" + process.pid());
    process.waitFor();
  }

  /** SIGTERM, then the end. */
  void stop() throws IOException, InterruptedException {
    signal("-TERM", Long.toString(process.pid()));
    awaitEnd();
  }

  static void signal(String signal, String target) throws IOException, InterruptedException {
    new ProcessBuilder("kill", signal, "--", target).inheritIO().start().waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
