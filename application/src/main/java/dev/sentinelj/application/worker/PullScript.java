package dev.sentinelj.application.worker;

import dev.sentinelj.application.worker.PartitionMemory.SetKey;
import dev.sentinelj.application.worker.PullItem.Believed;
import dev.sentinelj.application.worker.PullItem.Content;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.QuarantineReason;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerAnswer;
import dev.sentinelj.ports.driven.PartitionTransaction.ParkedBatch;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The one transaction of a pull: epochs are locked, the ledger decides what is new, and only what
 * is new has an effect. Nothing the worker remembers changes here; {@link #remember} does that
 * after the commit. Runs at most once, on the thread of the store.
 *
 * <p>Longer than most files because the order of its steps is the idea.
 */
final class PullScript implements PartitionStore.Script {
  private final Pull pull;
  private final PartitionMemory memory;
  private final BatchJudge judge;
  private final BatchStorage storage;

  private final Optional<Parked> overdue;
  private boolean allReleased;

  private final LockedEpochs epochs = new LockedEpochs();
  private final Set<SetKey> arrived = new LinkedHashSet<>();
  private final Set<SetKey> refused = new LinkedHashSet<>();
  private final List<Believed> work = new ArrayList<>();

  /**
   * @param moves whether this transaction moves the position, from {@code from} to {@code to}
   * @param settles whether losses and last words of the epochs are counted anew; else the next
   *     transaction that adds to an epoch does it
   */
  record Pull(
      Lane lane,
      BusPosition from,
      BusPosition to,
      boolean moves,
      boolean settles,
      List<PullItem> items) {
    Pull {
      items = List.copyOf(items);
    }

    /** Nothing but the move of a position. */
    static Pull move(Lane lane, BusPosition from, BusPosition to) {
      return new Pull(lane, from, to, true, true, List.of());
    }

    /** Neither items nor a move. */
    static Pull none(Lane lane, BusPosition at) {
      return new Pull(lane, at, at, false, true, List.of());
    }
  }

  /** What was parked before a time and waits no more; at most {@code limit} of it. */
  record Parked(long beforeMillis, int limit) {}

  /**
   * @param overdue what else is kept aside
   */
  PullScript(
      Pull pull,
      Optional<Parked> overdue,
      PartitionMemory memory,
      BatchJudge judge,
      long retentionMillis) {
    this.pull = pull;
    this.overdue = overdue;
    this.memory = memory;
    this.judge = judge;
    this.storage = new BatchStorage(memory, retentionMillis);
  }

  @Override
  public void run(PartitionTransaction tx) {
    epochs.lock(tx, believed(pull.items()));
    Failpoint.WORKER_LOCKED.hit();
    overdue.ifPresent(parked -> giveUp(tx, parked));
    for (PullItem item : pull.items()) {
      switch (item) {
        case PullItem.BadFrame bad -> keepBadFrame(tx, bad);
        case PullItem.Unbelieved doubtful ->
            storage.keep(tx, doubtful.row(), doubtful.reason(), doubtful.detail(), 0);
        case Believed believed -> {
          believed.sets().forEach(set -> arrive(tx, believed, set));
          admit(tx, believed);
        }
      }
    }
    settle(tx);
    epochs.save(tx);
    if (pull.moves()) {
      Failpoint.WORKER_MOVE_BEFORE.hit();
      tx.movePosition(pull.lane(), pull.from(), pull.to());
    }
  }

  /** Makes what was committed part of the memory. Call it once, and only after a commit. */
  void remember(long nowMillis) {
    storage.remember(nowMillis);
  }

  /** What happened, by counter name; true only after a commit. */
  Map<String, Long> counts() {
    return storage.counts();
  }

  /** Whether nothing that is overdue was left over; true only after a commit. */
  boolean allReleased() {
    return allReleased;
  }

  private void giveUp(PartitionTransaction tx, Parked parked) {
    List<ParkedBatch> released = tx.unparkBefore(parked.beforeMillis(), parked.limit());
    allReleased = released.size() < parked.limit();
    release(
        tx,
        released.stream()
            .map(one -> judge.believed(one.row(), List.of()))
            .map(one -> one.unusable(QuarantineReason.NO_SET, "its series set never came"))
            .toList());
  }

  private void release(PartitionTransaction tx, List<Believed> released) {
    epochs.lock(tx, released);
    released.forEach(one -> {
      epochs.of(one.id().epoch()).touch();
      admit(tx, one);
    });
    storage.count("batches_unparked", released.size());
  }

  private static List<Believed> believed(List<PullItem> items) {
    return items.stream().filter(Believed.class::isInstance).map(Believed.class::cast).toList();
  }

  /** A definition comes: what waited for it goes before the batch that brought it. */
  private void arrive(PartitionTransaction tx, Believed bringer, SeriesSet set) {
    AgentId agent = bringer.id().agent();
    SetKey key = new SetKey(agent, set.hash());
    if (!arrived.add(key) || memory.set(key).isPresent()) {
      return;
    }
    if (tx.knownSet(agent, set.hash()).isPresent()) {
      storage.define(key, set);
      return;
    }
    if (tx.addSet(agent, set)) {
      storage.define(key, set);
    } else {
      refused.add(key);
    }
    release(
        tx,
        tx.unpark(agent, set.hash()).stream().map(parked -> released(bringer, parked)).toList());
  }

  /** When the bringer failed again and again it may be because of what it releases. */
  private Believed released(Believed bringer, ParkedBatch parked) {
    Believed believed = judge.believed(parked.row(), List.of());
    return bringer.content() instanceof Content.Unusable(QuarantineReason reason, String detail)
            && reason == QuarantineReason.POISON
        ? believed.unusable(reason, detail)
        : believed;
  }

  /**
   * Puts a batch on the list for the ledger, unless it must wait. A closed epoch still takes what
   * comes late out of the bus, after a restore above all: a content that was carried over has
   * claimed its origin, so the ledger lets each in once.
   */
  private void admit(PartitionTransaction tx, Believed believed) {
    if (!(believed.content() instanceof Content.Data(List<BatchCodec.Part> parts))) {
      work.add(believed);
      return;
    }
    for (BatchCodec.Part part : parts) {
      Optional<SeriesSet> set = storage.definition(tx, believed.id().agent(), part);
      Sha256 hash = BatchStorage.hashOf(part);
      if (set.isEmpty() && refused.contains(new SetKey(believed.id().agent(), hash))) {
        work.add(believed.unusable(QuarantineReason.SET_LIMIT, "one series set too many: " + hash));
        return;
      }
      if (set.isEmpty()) {
        park(tx, believed.row(), hash);
        return;
      }
      if (set.get().size() != part.columns().series()) {
        work.add(
            believed.unusable(QuarantineReason.MALFORMED, "columns and series set differ in size"));
        return;
      }
    }
    work.add(believed);
  }

  private void park(PartitionTransaction tx, JournalRow row, Sha256 missing) {
    boolean kept = tx.park(new ParkedBatch(missing, row.position().stampMillis(), row));
    epochs.of(row.batch().id().epoch()).touch(); // its agent is to be asked for the set
    // dropped: its agent holds it
    storage.count(kept ? "batches_parked" : "batches_park_dropped", 1);
  }

  /** Claims everything on the list at once and gives the new ones their effect. */
  private void settle(PartitionTransaction tx) {
    if (work.isEmpty()) {
      return;
    }
    List<LedgerAnswer> answers = tx.claim(work.stream().map(Believed::claim).toList());
    Failpoint.WORKER_CLAIMED.hit();
    List<Believed> entered = new ArrayList<>();
    for (int i = 0; i < work.size(); i++) {
      Believed one = work.get(i);
      switch (answers.get(i)) {
        case NEW -> entered.add(one);
        case COPIED -> enterCopied(one);
        case DUPLICATE -> storage.count("batches_duplicate", 1);
        case FORK -> fork(tx, one);
      }
    }
    entered.forEach(one -> store(tx, one));
    entered.stream()
        .filter(one -> !(one.content() instanceof Content.Unusable))
        .forEach(one -> tx.journal(one.row()));
    if (pull.settles()) {
      epochs.settle(tx, entered);
    } else {
      storage.count("batches_unsettled", entered.size());
    }
    storage.count("batches_entered", entered.size());
  }

  private void fork(PartitionTransaction tx, Believed one) {
    storage.keep(
        tx, one.row(), QuarantineReason.FORK, "the ledger has another content under this id", 0);
    epochs.of(one.id().epoch()).markForked();
  }

  /** The id has its row; the content is where it came in first. */
  private void enterCopied(Believed one) {
    epochs.of(one.id().epoch()).enter(one, Balance.ZERO.withMoved(samplesOf(one)));
    storage.count("batches_copied", 1);
  }

  private void store(PartitionTransaction tx, Believed one) {
    Ledgered epoch = epochs.of(one.id().epoch());
    switch (one.content()) {
      case Content.Data(List<BatchCodec.Part> parts) ->
          epoch.enter(one, storage.store(tx, one.row(), parts));
      case Content.Loss _, Content.Moved _ -> epoch.enter(one, Balance.ZERO);
      case Content.Unusable(QuarantineReason reason, String detail) -> {
        long samples = samplesOf(one);
        epoch.enter(one, Balance.ZERO.withQuarantined(samples));
        storage.keep(tx, one.row(), reason, detail, samples);
      }
    }
  }

  private static long samplesOf(Believed one) {
    return one.row().batch().header().samples();
  }

  private void keepBadFrame(PartitionTransaction tx, PullItem.BadFrame bad) {
    long received = bad.position().stampMillis();
    tx.quarantine(
        new QuarantineRow(
            Optional.empty(),
            QuarantineReason.BAD_FRAME.word(),
            bad.detail(),
            received,
            0,
            bad.bytes()));
    storage.count("quarantined_bad_frame", 1);
  }
}
