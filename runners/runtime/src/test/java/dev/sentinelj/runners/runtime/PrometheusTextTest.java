package dev.sentinelj.runners.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.ports.driving.ServerStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PrometheusTextTest {
  private static final Pattern COUNTED =
      Pattern.compile(
          "(?:\\bcount|counters\\.(?:add|increment|put|merge)|totals\\.put)\\(\\s*\"([a-z_]+)\"");

  private final Map<String, Long> numbers = new TreeMap<>();
  private boolean ready = true;
  private final PrometheusText text =
      new PrometheusText(() ->
          new ServerStatus.Report(
              List.of(new ServerStatus.Part("bus", ready, "takes batches")), numbers));

  @AfterEach
  void close() {
    text.close();
  }

  @ParameterizedTest
  @CsvSource({
    "lag_millis, 1500, sentinel_lag_seconds 1.5",
    "sessions_open, 3, sentinel_sessions_open 3.0",
    "partitions_owned, 4, sentinel_partitions_owned 4.0",
    "agents_cached, 2, sentinel_agents_cached 2.0",
    "publisher_bytes_held, 7, sentinel_publisher_held_bytes 7.0",
    "agent_log_bytes, 9, sentinel_agent_log_bytes 9.0",
    "agent_log_batches, 5, sentinel_agent_log_batches 5.0",
    "agent_former_logs, 1, sentinel_agent_former_logs 1.0",
    "agent_committed_through, 8, sentinel_agent_committed_through 8.0",
    "agent_logged_through, 9, sentinel_agent_logged_through 9.0"
  })
  void scrape_ofWhatGoesUpAndDown_isAGauge(String number, long value, String line) {
    numbers.put(number, value);

    String name = line.split(" ", 2)[0];
    assertThat(text.scrape().lines())
        .contains(line, "# TYPE " + name + " gauge")
        .anyMatch(help -> help.startsWith("# HELP " + name + " "));
  }

  @ParameterizedTest
  @CsvSource({
    "worker_bus_replaced, sentinel_worker_bus_replaced_total",
    "batches_refused_bad_mac, sentinel_batches_refused_bad_mac_total",
    "quarantined_fork, sentinel_quarantined_fork_total",
    "something_new, sentinel_something_new_total"
  })
  void scrape_ofWhatCountsUp_isACounterWithHelp(String number, String name) {
    numbers.put(number, 2L);

    assertThat(text.scrape().lines())
        .contains(name + " 2.0", "# TYPE " + name + " counter")
        .anyMatch(help -> help.matches("# HELP " + name + " \\w.*"));
  }

  @Test
  void scrape_again_tellsTheNewNumbersOnce() {
    numbers.put("batches_accepted", 1L);
    numbers.put("sessions_open", 2L);
    text.scrape();
    numbers.put("batches_accepted", 5L);
    numbers.put("sessions_open", 0L);
    ready = false;

    String second = text.scrape();

    assertThat(second.lines())
        .contains(
            "sentinel_batches_accepted_total 5.0",
            "sentinel_sessions_open 0.0",
            "sentinel_part_ready{part=\"bus\"} 0.0")
        .containsOnlyOnce("# TYPE sentinel_sessions_open gauge");
  }

  /** A number without an entry would be a counter, whatever it is. */
  @ParameterizedTest
  @MethodSource("counted")
  void everyNumberOfTheCode_isDescribed(String number) {
    assertThat(Meaning.known(number)).as(number).isTrue();
  }

  static Stream<String> counted() throws IOException {
    List<Path> sources =
        List.of(Path.of("../../application/src/main"), Path.of("../agent/src/main"));
    List<String> found =
        sources.stream()
            .flatMap(PrometheusTextTest::java)
            .flatMap(PrometheusTextTest::names)
            .toList();
    assertThat(found).hasSizeGreaterThan(30);
    return found.stream().distinct();
  }

  private static Stream<Path> java(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<String> names(Path file) {
    try {
      return COUNTED
          .matcher(Files.readString(file))
          .results()
          .map(hit -> hit.group(1))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
