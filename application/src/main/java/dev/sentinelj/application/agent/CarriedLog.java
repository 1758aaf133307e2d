package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.BatchLogs;
import dev.sentinelj.ports.driven.Uplink;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One former log on its way into the current one. Its epoch is closed first, and again in each new
 * session: after that the ledger takes nothing of it that is not there or in the bus already. Then,
 * piece by piece, the ledger is asked what it has and the rest is copied, which a row that comes
 * late out of the bus turns into a second claim on one content; last comes the word that closes the
 * balance, and when that is durable the log is deleted.
 *
 * <pre>
 * READ ---> CLOSE ---> COMPARE &lt;---> COPY
 *   |         ^           |
 *   |         +-----------+ another session
 *   |                     v
 *   +----------------> MOVE ---> RETIRE ---> GONE
 *     moved already
 * </pre>
 */
final class CarriedLog {
  private final BatchLog former;
  private final BatchLogs logs;
  private final BatchCodec codec;
  private final Batcher batcher;
  private final ServerTerms terms;
  private final Origins origins;
  private final NamedLosses losses;
  private final LogScan batches;
  private final Asking asking = new Asking();
  private final MovedRanges moved = new MovedRanges(MovedRecord.MAX_ENTRIES);

  private Step step = Step.READ;
  private Piece piece = Piece.NONE;
  private Uplink.@Nullable Session closedIn;
  private @Nullable ReconcileQuery asked;
  private int writing;
  private long copies;

  /** What is done now; see the picture. */
  enum Step {
    /** Which seqs its own loss records name. */
    READ,
    CLOSE,
    COMPARE,
    COPY,
    MOVE,
    RETIRE,
    GONE
  }

  CarriedLog(
      BatchLog former,
      BatchLogs logs,
      BatchCodec codec,
      Batcher batcher,
      ServerTerms terms,
      Origins origins) {
    this.former = former;
    this.logs = logs;
    this.codec = codec;
    this.batcher = batcher;
    this.terms = terms;
    this.origins = origins;
    this.losses = new NamedLosses(former);
    this.batches = new LogScan(former);
  }

  long epoch() {
    return former.epoch();
  }

  Step step() {
    return step;
  }

  long copies() {
    return copies;
  }

  /**
   * Does a little.
   *
   * @param session the open one, if there is one
   * @return whether there is more to do that waits for nobody
   * @throws dev.sentinelj.ports.PortUnavailableException when a log could not be read or deleted;
   *     the same call may succeed later
   */
  boolean advance(Uplink.@Nullable Session session, Now now) {
    return switch (step) {
      case READ -> readLosses();
      case CLOSE -> {
        if (session != null && asking.due(session, now)) {
          Failpoint.AGENT_CLOSE_BEFORE.hit();
          session.closeEpoch(former.epoch());
        }
        yield false;
      }
      case COMPARE -> compare(session, now);
      case COPY, MOVE, GONE -> false;
      case RETIRE -> {
        Failpoint.AGENT_RETIRE_BEFORE.hit();
        logs.retire(former);
        step = Step.GONE;
        yield true;
      }
    };
  }

  void closed(long epoch) {
    if (step == Step.CLOSE && epoch == former.epoch()) {
      Failpoint.AGENT_CLOSED_HEARD.hit();
      closedIn = asking.answered();
      step = Step.COMPARE;
    }
  }

  void answered(ReconcileAnswer answer, Now now) {
    if (step == Step.COMPARE && asked != null && answer.answers(asked)) {
      copy(piece.stored(answer), now);
    }
  }

  private boolean readLosses() {
    if (origins.moved(former.epoch())) {
      step = Step.RETIRE;
    } else if (!losses.readOn()) {
      step = Step.CLOSE;
    }
    return true;
  }

  private boolean compare(Uplink.@Nullable Session session, Now now) {
    if (session == null) {
      return false;
    }
    if (!session.equals(closedIn)) {
      step = Step.CLOSE; // between two sessions the database may have been restored
      return true;
    }
    if (piece.isEmpty()) {
      piece = Piece.of(batches.next(), batch -> !losses.has(batch.id().seq()) && !isCarried(batch));
    }
    if (piece.isEmpty()) {
      finish(now);
      return false;
    }
    if (piece.doubtful().isEmpty()) {
      copy(Set.of(), now);
      return true;
    }
    if (asking.due(session, now)) {
      asked = piece.question();
      session.reconcile(asked);
    }
    return false;
  }

  private void copy(Set<SignedBatch> stored, Now now) {
    asked = null;
    asking.answered();
    Map<SignedBatch, Draft> drafts = drafts(stored); // reads the log, which may fail
    for (SignedBatch batch : piece.batches()) {
      if (drafts.containsKey(batch) || isCarried(batch)) {
        moved.add(batch.id().seq(), batch.header().samples());
      }
    }
    piece = Piece.NONE;
    writing = drafts.size();
    step = drafts.isEmpty() ? Step.COMPARE : Step.COPY;
    drafts.values().forEach(draft -> batcher.write(draft, now));
  }

  /** A piece that may not fit into the last word otherwise is carried over whole. */
  private Map<SignedBatch, Draft> drafts(Set<SignedBatch> stored) {
    boolean all = moved.room() < piece.batches().size();
    Map<SignedBatch, Draft> drafts = new LinkedHashMap<>();
    for (SignedBatch batch : piece.batches()) {
      boolean lacking = !losses.has(batch.id().seq()) && (all || !stored.contains(batch));
      if (lacking && !isCarried(batch)) {
        draft(batch).ifPresent(draft -> drafts.put(batch, draft));
      }
    }
    return drafts;
  }

  private Optional<Draft> draft(SignedBatch batch) {
    try {
      SignedBatch original = CopiedBatch.originalOf(batch);
      return Optional.of(
          Draft.copyOf(
              original,
              sets(original),
              log -> {
                origins.copied(log, original.id());
                copied();
              }));
    } catch (MalformedException _) {
      return Optional.empty(); // a copy that holds nothing: no database would take it either
    }
  }

  private List<SeriesSet> sets(SignedBatch original) {
    return SetBook.referredBy(original, codec).stream()
        .flatMap(hash -> former.set(hash).stream())
        .toList();
  }

  private void copied() {
    Failpoint.AGENT_COPIED.hit();
    copies++;
    writing--;
    if (writing == 0) {
      step = Step.COMPARE;
    }
  }

  private void finish(Now now) {
    Failpoint.AGENT_MOVED_BEFORE.hit();
    step = Step.MOVE;
    MovedRecord record = moved.of(former);
    batcher.write(
        Draft.of(
            record,
            terms.offsetMillis(),
            log -> {
              origins.moved(log, former.epoch());
              step = Step.RETIRE;
            }),
        now);
  }

  private boolean isCarried(SignedBatch batch) {
    try {
      return origins.carried(CopiedBatch.originalOf(batch).id(), former.epoch());
    } catch (MalformedException _) {
      return false;
    }
  }
}
