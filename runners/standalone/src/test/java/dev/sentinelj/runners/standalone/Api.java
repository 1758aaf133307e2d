package dev.sentinelj.runners.standalone;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The REST API as a client sees it. */
record Api(String url, String token) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration PAUSE = Duration.ofMillis(100);
  private static final int TOO_MANY = 429;

  JsonNode get(String path) throws IOException, InterruptedException {
    HttpResponse<String> answer = send(request(path).GET().build());
    if (answer.statusCode() != 200) {
      throw new AssertionError(path + " answered " + answer.statusCode() + ": " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  JsonNode post(String path, String json) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        send(
            request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build());
    return JSON.readTree(answer.body());
  }

  /** Asks again until the answer is as wanted: how long a machine takes is nobody's promise. */
  JsonNode await(String path, Predicate<JsonNode> wanted) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    JsonNode answer = get(path);
    while (!wanted.test(answer)) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(path + " still answers " + answer);
      }
      Thread.onSpinWait();
      answer = get(path);
    }
    return answer;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path))
        .timeout(Duration.ofSeconds(30))
        .header("Authorization", "Bearer " + token);
  }

  /** Tests that ask in a loop are told now and then that this is too much; then they wait. */
  private static HttpResponse<String> send(HttpRequest request)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    while (answer.statusCode() == TOO_MANY && System.nanoTime() < deadline) {
      LockSupport.parkNanos(PAUSE.toNanos());
      answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    }
    return answer;
  }
}
