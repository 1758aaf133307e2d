package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.QuarantineQueries;
import dev.sentinelj.ports.driven.QuarantineQueries.Entry;
import dev.sentinelj.ports.driven.QuarantineQueries.Filter;
import dev.sentinelj.ports.driven.QuarantineQueries.Found;
import dev.sentinelj.ports.driving.QuarantineReplay;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** What was kept aside: lists, single rows with their bytes, and another try to store one. */
final class QuarantineEndpoints {
  /** Reasons whose rows hold samples as text. */
  private static final Set<String> TEXT = Set.of("nan", "time");

  /** Characters of such a text that are shown with a row; all of it comes with the bytes. */
  private static final int MAX_TEXT_CHARS = 4_096;

  private final QuarantineQueries queries;
  private final QuarantineReplay replay;

  QuarantineEndpoints(QuarantineQueries queries, QuarantineReplay replay) {
    this.queries = queries;
    this.replay = replay;
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
  record Whole(Kept row, Optional<Header> batch, Optional<String> text, Optional<String> bytes) {}

  /**
   * @param bodyMatches whether the body is the one that the header names
   */
  record Header(
      String kind,
      String agent,
      String epoch,
      long seq,
      long sampleFrom,
      long sampleTo,
      String leastTime,
      String greatestTime,
      long clockOffsetMillis,
      String contentKey,
      String contentHash,
      long bodyBytes,
      boolean bodyMatches) {}

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
    Optional<AgentId> agent = call.parameter("agent").map(QuarantineEndpoints::agentId);
    Optional<String> reason = call.parameter("reason");
    int limit = call.integer("limit", 1, HttpLimits.MAX_PAGE_ITEMS, HttpLimits.DEFAULT_PAGE_ITEMS);
    long before = call.parameter("cursor").map(QuarantineEndpoints::cursor).orElse(Long.MAX_VALUE);
    List<Entry> found = queries.list(new Filter(agent, reason, before, limit + 1));
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
            header(kept),
            TEXT.contains(found.entry().reason()) ? Optional.of(text(kept)) : Optional.empty(),
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
    boolean operator =
        call.identity().principal().filter(who -> who.role().covers(Role.OPERATOR)).isPresent();
    if (wants && !operator) {
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
    String text = call.variable("id");
    if (!text.matches("[0-9]{1,18}")) {
      throw unknown();
    }
    return Long.parseLong(text);
  }

  private static ProblemException unknown() {
    return Problem.notFound("nothing of this id was kept aside");
  }

  private static AgentId agentId(String text) {
    try {
      return new AgentId(text);
    } catch (IllegalArgumentException e) {
      throw Problem.badField("agent", String.valueOf(e.getMessage()));
    }
  }

  private static long cursor(String text) {
    if (!text.matches("[0-9]{1,18}")) {
      throw Problem.badField("cursor", "cursor must be the next_cursor of an answer");
    }
    return Long.parseLong(text);
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
        !replayed && QuarantineReplay.REASONS.contains(entry.reason()),
        replayed ? Timestamps.format(entry.replayedAtMillis()) : "",
        entry.replayedBy());
  }

  /** The bytes may be anything: a message of nobody, samples as text, a batch. */
  private static Optional<Header> header(byte[] bytes) {
    try {
      WireReader in = new WireReader(bytes);
      SignedBatch batch = SignedBatch.readFrom(in);
      in.end();
      return Optional.of(header(batch));
    } catch (MalformedException
        | BatchHeader.UnsupportedVersionException
        | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Header header(SignedBatch batch) {
    BatchHeader header = batch.header();
    return new Header(
        header.kind().name().toLowerCase(Locale.ROOT),
        header.id().agent().value(),
        EpochId.hex(header.id().epoch().epoch()),
        header.id().seq(),
        header.sampleFrom(),
        header.sampleTo(),
        Timestamps.format(header.leastTimeMillis()),
        Timestamps.format(header.greatestTimeMillis()),
        header.clockOffsetMillis(),
        batch.contentKey().value(),
        batch.contentHash().toHex(),
        batch.bodyLength(),
        batch.bodyMatches());
  }

  private static String text(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.length() <= MAX_TEXT_CHARS ? text : text.substring(0, MAX_TEXT_CHARS);
  }
}
