package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.AgentRegistry.AgentSummary;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.MetricQueries.EpochBalance;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Agents, how they are doing, and the balance of what they sent. */
final class AgentEndpoints {
  /** Heard less than this ago is up, */
  static final Duration UP = Duration.ofSeconds(30);

  /** less than this ago is late, and else silent. */
  static final Duration LATE = Duration.ofMinutes(2);

  private final AgentRegistry registry;
  private final MetricQueries queries;

  AgentEndpoints(AgentRegistry registry, MetricQueries queries) {
    this.registry = registry;
    this.queries = queries;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/agents", Role.VIEWER, this::list),
        Route.of("GET", "/v1/agents/{id}", Role.VIEWER, this::one));
  }

  /**
   * @param hardwareId for operators only
   * @param lastHeardAt empty when it never was
   * @param epochs left out in lists
   */
  record Agent(
      String id,
      Optional<String> hardwareId,
      String version,
      Map<String, String> labels,
      String registeredAt,
      String lastHeardAt,
      String status,
      Optional<List<Epoch>> epochs) {}

  record Epoch(
      String epoch,
      long through,
      long collected,
      long stored,
      long quarantined,
      long lost,
      long overflow,
      long moved,
      long inFlight,
      long unaccounted,
      boolean closed,
      boolean forked) {}

  /**
   * @param nextCursor empty on the last page
   */
  record Page(List<Agent> items, String nextCursor) {}

  private Reply list(Call call) {
    call.query("limit", "cursor");
    int limit = call.integer("limit", 1, HttpLimits.MAX_PAGE_ITEMS, HttpLimits.DEFAULT_PAGE_ITEMS);
    String after = call.parameter("cursor").map(AgentEndpoints::decoded).orElse("");
    List<AgentSummary> rest =
        all().stream().filter(agent -> agent.id().value().compareTo(after) > 0).toList();
    List<AgentSummary> page = rest.subList(0, Math.min(limit, rest.size()));
    String next = rest.size() > limit ? encoded(page.getLast().id().value()) : "";
    return Reply.ok(
        new Page(page.stream().map(agent -> json(agent, call, Optional.empty())).toList(), next));
  }

  private Reply one(Call call) {
    call.query();
    AgentId id = KnownAgents.inPath(call);
    AgentSummary agent =
        all().stream()
            .filter(known -> known.id().equals(id))
            .findFirst()
            .orElseThrow(() -> KnownAgents.unknown(id.value()));
    List<Epoch> epochs = queries.balance(id).stream().map(AgentEndpoints::json).toList();
    return Reply.ok(json(agent, call, Optional.of(epochs)));
  }

  private List<AgentSummary> all() {
    return Stages.await("listing agents", registry.list());
  }

  private static Agent json(AgentSummary agent, Call call, Optional<List<Epoch>> epochs) {
    boolean operator = call.identity().covers(Role.OPERATOR);
    long heard = agent.lastHeardMillis();
    return new Agent(
        agent.id().value(),
        operator ? Optional.of(agent.hardwareId()) : Optional.empty(),
        agent.version(),
        agent.labels(),
        Timestamps.format(agent.registeredAtMillis()),
        heard == 0 ? "" : Timestamps.format(heard),
        status(call.now().wallMillis() - heard),
        epochs);
  }

  private static String status(long silentMillis) {
    if (silentMillis < UP.toMillis()) {
      return "up";
    }
    return silentMillis < LATE.toMillis() ? "late" : "silent";
  }

  private static Epoch json(EpochBalance epoch) {
    Balance balance = epoch.balance();
    return new Epoch(
        EpochId.hex(epoch.epoch()),
        epoch.through(),
        balance.collected(),
        balance.stored(),
        balance.quarantined(),
        balance.lost(),
        balance.overflow(),
        balance.moved(),
        epoch.inFlight(),
        epoch.unaccounted(),
        epoch.closed(),
        epoch.forked());
  }

  private static String encoded(String id) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(id.getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String cursor) {
    try {
      return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Problem.badField("cursor", "cursor must be the next_cursor of an answer");
    }
  }
}
