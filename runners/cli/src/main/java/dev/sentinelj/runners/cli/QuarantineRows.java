package dev.sentinelj.runners.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Asks for rows that were kept aside. */
final class QuarantineRows {
  /** Most rows of one answer. */
  static final int MAX_PAGE = 1_000;

  private QuarantineRows() {}

  /**
   * @param cursor empty for the first page
   */
  static JsonNode page(
      ApiClient client, @Nullable String agent, @Nullable String reason, int limit, String cursor) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("limit", Integer.toString(limit));
    if (agent != null) {
      query.put("agent", agent);
    }
    if (reason != null) {
      query.put("reason", reason);
    }
    if (!cursor.isEmpty()) {
      query.put("cursor", cursor);
    }
    return client.get("/v1/quarantine" + ApiClient.query(query), "items");
  }

  /** The path of a row; {@code id} as it was typed. */
  static String path(String id) {
    if (!id.matches("[0-9]{1,18}")) {
      throw new CliException(
          ExitCode.USAGE, "'" + id + "' is no id: sentinel quarantine list shows them");
    }
    return "/v1/quarantine/" + id;
  }
}
