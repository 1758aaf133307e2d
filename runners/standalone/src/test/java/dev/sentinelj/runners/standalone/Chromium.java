package dev.sentinelj.runners.standalone;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A headless Chromium with one page, driven over the DevTools protocol. */
final class Chromium implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Process process;
  private final WebSocket socket;
  private final AtomicInteger ids = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private String session = "";

  private Chromium(Process process, String address) {
    this.process = process;
    this.socket =
        HttpClient.newHttpClient()
            .newWebSocketBuilder()
            .buildAsync(URI.create(address), new Answers())
            .join();
  }

  static Chromium start(Path profile) throws IOException {
    Process process =
        new ProcessBuilder(
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--window-size=1280,1600",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .start();
    Chromium chromium = new Chromium(process, address(process.inputReader()));
    chromium.attach();
    return chromium;
  }

  private static String address(BufferedReader output) throws IOException {
    String mark = "DevTools listening on ";
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.startsWith(mark)) {
        return line.substring(mark.length());
      }
    }
    throw new AssertionError("Chromium ended before it listened");
  }

  private void attach() {
    JsonNode targets = call("Target.getTargets", Map.of()).path("targetInfos");
    String page = "";
    for (JsonNode target : targets) {
      if (target.path("type").asString().equals("page")) {
        page = target.path("targetId").asString();
      }
    }
    session =
        call("Target.attachToTarget", Map.of("targetId", page, "flatten", true))
            .path("sessionId")
            .asString();
  }

  void open(String url) {
    call("Page.navigate", Map.of("url", url));
  }

  /** The value of a JavaScript expression. */
  JsonNode evaluate(String expression) {
    return call("Runtime.evaluate", Map.of("expression", expression, "returnByValue", true))
        .path("result")
        .path("value");
  }

  /** Evaluates until it is true. */
  void await(String condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!evaluate("Boolean(" + condition + ")").asBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(
            "never true: " + condition + "; the page says: " + evaluate("document.body.innerText"));
      }
      Thread.onSpinWait();
    }
  }

  void screenshot(Path file) throws IOException {
    String data = call("Page.captureScreenshot", Map.of("format", "png")).path("data").asString();
    Path folder = file.getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Files.write(file, Base64.getDecoder().decode(data));
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private JsonNode call(String method, Map<String, Object> parameters) {
    int id = ids.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    Map<String, Object> message =
        session.isEmpty()
            ? Map.of("id", id, "method", method, "params", parameters)
            : Map.of("id", id, "method", method, "params", parameters, "sessionId", session);
    socket.sendText(JSON.writeValueAsString(message), true).join();
    try {
      return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).path("result");
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError(method + " was not answered", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private final class Answers implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        JsonNode message = JSON.readTree(text.toString());
        text.setLength(0);
        List.of(message).stream()
            .filter(one -> one.has("id"))
            .map(one -> answers.remove(one.path("id").asInt()))
            .forEach(answer -> answer.complete(message));
      }
      webSocket.request(1);
      return CompletableFuture.completedFuture(null);
    }
  }
}
