package dev.sentinelj.bench;

import dev.sentinelj.runners.cli.ApiContext;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A {@code sentinel up} as a child process, started from the class path of this one. */
final class Up implements AutoCloseable {
  private static final Duration STOP = Duration.ofSeconds(90);
  private static final String AGENTS = "  agents  127.0.0.1:";

  private final Path home;
  private final Process process;
  private final long spawnedNanos;
  private final HttpClient http = HttpClient.newHttpClient();
  private long readyNanos;
  private int grpcPort;
  private ApiContext api = new ApiContext("", Optional.empty());

  private Up(Path home, Process process, long spawnedNanos) {
    this.home = home;
    this.process = process;
    this.spawnedNanos = spawnedNanos;
  }

  /** Starts it on free ports and returns when it says that it is ready. */
  static Up start(Path home, String... jvmOptions) throws IOException {
    List<String> command = java(jvmOptions);
    command.addAll(
        List.of(
            "dev.sentinelj.runners.standalone.Main",
            "up",
            "--home",
            home.toString(),
            "--http-port",
            "0",
            "--grpc-port",
            "0"));
    long spawned = System.nanoTime();
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Up up = new Up(home, process, spawned);
    up.awaitReady();
    return up;
  }

  /** The JVM and class path of this process as a command, to which a main class is added. */
  static List<String> java(String... jvmOptions) {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(List.of(jvmOptions));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp"));
    command.add(System.getProperty("java.class.path"));
    return command;
  }

  private void awaitReady() throws IOException {
    BufferedReader out = process.inputReader();
    StringBuilder said = new StringBuilder();
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      said.append(line).append('\n');
      if (line.startsWith("SentinelJ is ready")) {
        readyNanos = System.nanoTime();
      }
      if (line.startsWith(AGENTS)) {
        grpcPort = Integer.parseInt(line.substring(AGENTS.length()));
        api = ApiContext.read(home);
        Thread.ofVirtual().start(() -> readOn(out));
        return;
      }
    }
    throw new IllegalStateException("sentinel up ended before it was ready: " + said);
  }

  /** So that it never waits for us to read what it says. */
  private static void readOn(BufferedReader out) {
    try {
      out.transferTo(Writer.nullWriter());
    } catch (IOException _) {
      // it ended
    }
  }

  ProcessHandle process() {
    return process.toHandle();
  }

  Path home() {
    return home;
  }

  InetSocketAddress gateway() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), grpcPort);
  }

  double secondsToReady() {
    return (readyNanos - spawnedNanos) / 1e9;
  }

  double secondsSinceSpawn() {
    return (System.nanoTime() - spawnedNanos) / 1e9;
  }

  /** The body of an answer below 400; others and failures are bugs of the run. */
  String get(String path) {
    return exchange(request(path).GET());
  }

  String post(String path, String json) {
    return exchange(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json)));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(api.url() + path))
        .header("Authorization", "Bearer " + api.token().orElseThrow());
  }

  private String exchange(HttpRequest.Builder request) {
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() >= 400) {
        throw new IllegalStateException(answer.uri().getPath() + ": " + answer.body());
      }
      return answer.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /** SIGTERM, as Ctrl-C does it; what is left after a minute and a half is killed. */
  @Override
  public void close() {
    http.close();
    process.destroy();
    try {
      if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
