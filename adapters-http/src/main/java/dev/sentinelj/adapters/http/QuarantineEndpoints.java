package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.QuarantineReason;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.QuarantineQueries;
import dev.sentinelj.ports.driven.QuarantineQueries.Entry;
import dev.sentinelj.ports.driven.QuarantineQueries.Filter;
import dev.sentinelj.ports.driven.QuarantineQueries.Found;
import dev.sentinelj.ports.driving.QuarantineReplay;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What was kept aside: lists, single rows with their bytes, and another try to store one. */
final class QuarantineEndpoints {
  /**
   * Characters of samples kept as text that are shown with a row; all of it comes with the bytes.
   */
  private static final int MAX_TEXT_CHARS = 4_096;

  private final QuarantineQueries queries;
  private final QuarantineReplay replay;
  private final KnownAgents agents;

  QuarantineEndpoints(QuarantineQueries queries, QuarantineReplay replay, KnownAgents agents) {
    this.queries = queries;
    this.replay = replay;
    this.agents = agents;
  }

  List<Route> routes() {
    return List.of(
        Route.of("GET", "/v1/quarantine", Role.VIEWER, this::list),
        Route.of("GET", "/v1/quarantine/{id}", Role.VIEWER, this::one),
        Route.of("POST", "/v1/quarantine/{id}/replay", Role.OPERATOR, this::replay));
  }

  /**
   * @param nextCursor empty on the last page
   */
  record Page(List<Kept> items, String nextCursor) {}

  /**
   * @param agent empty when it is not known; then epoch and seq are left out
   * @param size bytes kept
   * @param replayable whether another try may be asked for
   * @param replayedAt empty unless it was replayed
   */
  record Kept(
      long id,
      String agent,
      Optional<String> epoch,
      Optional<Long> seq,
      String reason,
      String detail,
      String receivedAt,
      long samples,
      long size,
      boolean replayable,
      String replayedAt,
      String replayedBy) {}

  /**
   * @param batch what the header of the kept batch says; left out when the bytes are none
   * @param text samples that cannot be stored, as text, cut when long
   * @param bytes in Base64, when asked for
   */
  record Whole(
      Kept row, Optional<KeptHeader> batch, Optional<String> text, Optional<String> bytes) {}

  record Replayed(
      long id,
      String agent,
      String epoch,
      long seq,
      long stored,
      long quarantined,
      long overflow) {}

  private Reply list(Call call) {
    call.query("agent", "reason", "limit", "cursor");
    Optional<AgentId> agent = call.agent();
    Optional<String> reason = call.parameter("reason").map(QuarantineEndpoints::reason);
    int limit = call.integer("limit", 1, HttpLimits.MAX_PAGE_ITEMS, HttpLimits.DEFAULT_PAGE_ITEMS);
    long before = call.parameter("cursor").map(QuarantineEndpoints::cursor).orElse(Long.MAX_VALUE);
    List<Entry> found = queries.list(new Filter(agent, reason, before, limit + 1));
    agent.ifPresent(named -> agents.orUnknown(named, found));
    List<Entry> page = found.subList(0, Math.min(limit, found.size()));
    String next = found.size() > limit ? Long.toString(page.getLast().id()) : "";
    return Reply.ok(new Page(page.stream().map(QuarantineEndpoints::json).toList(), next));
  }

  private Reply one(Call call) {
    call.query("bytes");
    boolean bytes = wantsBytes(call);
    Found found = queries.find(id(call)).orElseThrow(QuarantineEndpoints::unknown);
    byte[] kept = found.row().bytes();
    return Reply.ok(
        new Whole(
            json(found.entry()),
            KeptHeader.of(kept),
            is(found.entry(), QuarantineReason::keepsText)
                ? Optional.of(text(kept))
                : Optional.empty(),
            bytes ? Optional.of(Base64.getEncoder().encodeToString(kept)) : Optional.empty()));
  }

  /** Whoever may see lists may not take whole batches away. */
  private static boolean wantsBytes(Call call) {
    boolean wants =
        switch (call.parameter("bytes").orElse("false")) {
          case "true" -> true;
          case "false" -> false;
          default -> throw Problem.badField("bytes", "bytes must be true or false");
        };
    if (wants && !call.identity().covers(Role.OPERATOR)) {
      throw new ProblemException(
          Problem.of(403, "the bytes need the role " + Role.OPERATOR.word()));
    }
    return wants;
  }

  private Reply replay(Call call) {
    call.query();
    call.json();
    long id = id(call);
    return switch (answer(call, id)) {
      case QuarantineReplay.Answer.Replayed done ->
          Reply.ok(
              new Replayed(
                  id,
                  done.batch().epoch().agent().value(),
                  EpochId.hex(done.batch().epoch().epoch()),
                  done.batch().seq(),
                  done.stored(),
                  done.aside(),
                  done.overflow()));
      case QuarantineReplay.Answer.Unknown _ -> throw unknown();
      case QuarantineReplay.Answer.Before(long at, String by) ->
          throw refused(409, "was replayed at " + Timestamps.format(at) + " by " + by);
      case QuarantineReplay.Answer.Conflict(String why) -> throw refused(409, why);
      case QuarantineReplay.Answer.Never(String why) -> throw refused(422, why);
      case QuarantineReplay.Answer.NotYet(String why) -> throw refused(422, why);
      case QuarantineReplay.Answer.RolledBack(String why) ->
          throw new ProblemException(
              Problem.retryLater(503, "nothing was changed, try again: " + why, 1));
    };
  }

  private QuarantineReplay.Answer answer(Call call, long id) {
    try {
      return Stages.await(
          "replaying " + id, replay.replay(id, call.identity().principal().orElseThrow()));
    } catch (PortUnavailableException e) {
      throw new ProblemException(
          Problem.retryLater(
              503,
              "the store did not answer, so it is not known whether "
                  + id
                  + " was replayed: look at it again before another try",
              1));
    }
  }

  private static ProblemException refused(int status, String why) {
    return new ProblemException(Problem.of(status, why));
  }

  /** The row of the path; what cannot be an id is as unknown as any other. */
  private static long id(Call call) {
    return number(call.variable("id")).orElseThrow(QuarantineEndpoints::unknown);
  }

  private static String reason(String word) {
    if (QuarantineReason.ofWord(word).isEmpty()) {
      throw Problem.badField(
          "reason",
          "reason must be one of "
              + Arrays.stream(QuarantineReason.values())
                  .map(QuarantineReason::word)
                  .collect(Collectors.joining(", ")));
    }
    return word;
  }

  private static long cursor(String text) {
    return number(text)
        .orElseThrow(
            () -> Problem.badField("cursor", "cursor must be the next_cursor of an answer"));
  }

  private static Optional<Long> number(String text) {
    return text.matches("[0-9]{1,18}") ? Optional.of(Long.parseLong(text)) : Optional.empty();
  }

  private static ProblemException unknown() {
    return Problem.notFound("nothing of this id was kept aside");
  }

  private static boolean is(Entry entry, Predicate<QuarantineReason> kind) {
    return QuarantineReason.ofWord(entry.reason()).filter(kind).isPresent();
  }

  private static Kept json(Entry entry) {
    boolean replayed = entry.replayedAtMillis() != 0;
    return new Kept(
        entry.id(),
        entry.agent().orElse(""),
        entry.epoch().map(EpochId::hex),
        entry.seq(),
        entry.reason(),
        entry.detail(),
        Timestamps.format(entry.receivedAtMillis()),
        entry.samples(),
        entry.size(),
        !replayed && is(entry, QuarantineReason::replayable),
        replayed ? Timestamps.format(entry.replayedAtMillis()) : "",
        entry.replayedBy());
  }

  private static String text(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.length() <= MAX_TEXT_CHARS ? text : text.substring(0, MAX_TEXT_CHARS);
  }
}
