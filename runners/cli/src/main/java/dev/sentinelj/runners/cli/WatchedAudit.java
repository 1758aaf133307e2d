package dev.sentinelj.runners.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import tools.jackson.databind.JsonNode;

/**
 * One of many audits in a row: for people under the time it was made at, in YAML as a document of
 * its own.
 *
 * @param atMillis by the clock of the database
 */
record WatchedAudit(Answer audit, long atMillis) implements Answer {
  @Override
  public String text() {
    return Instant.ofEpochMilli(atMillis).truncatedTo(ChronoUnit.SECONDS) + "\n" + audit.text();
  }

  @Override
  public String csv() {
    return audit.csv();
  }

  @Override
  public JsonNode json() {
    return audit.json();
  }

  @Override
  public String as(String format) {
    return format.equals("yaml") ? "---\n" + Yaml.of(json()) : Answer.super.as(format);
  }
}
