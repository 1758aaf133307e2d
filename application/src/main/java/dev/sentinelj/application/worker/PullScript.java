package dev.sentinelj.application.worker;

import dev.sentinelj.application.worker.LaneCursor.Way;
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
  private final Unparking parked;
  private final BatchStorage storage;

  private final LockedEpochs epochs = new LockedEpochs();
  private final Set<SetKey> arrived = new LinkedHashSet<>();
  private final Set<SetKey> refused = new LinkedHashSet<>();
  private final List<Believed> work = new ArrayList<>();

  /**
   * @param moves whether this transaction moves the position, from {@code from} to {@code to}
   * @param alone what is made of the only batch in it, when it failed before among others
   */
  record Pull(
      Lane lane,
      BusPosition from,
      BusPosition to,
      boolean moves,
      Optional<Way> alone,
      List<PullItem> items) {
    Pull {
      items = List.copyOf(items);
    }

    /** Nothing but the move of a position. */
    static Pull move(Lane lane, BusPosition from, BusPosition to) {
      return new Pull(lane, from, to, true, Optional.empty(), List.of());
    }

    /** Neither items nor a move. */
    static Pull none(Lane lane, BusPosition at) {
      return new Pull(lane, at, at, false, Optional.empty(), List.of());
    }
  }

  PullScript(Pull pull, Unparking parked, PartitionMemory memory, long retentionMillis) {
    this.pull = pull;
    this.parked = parked;
    this.memory = memory;
    this.storage = new BatchStorage(memory, retentionMillis);
  }

  @Override
  public void run(PartitionTransaction tx) {
    epochs.lock(tx, pull.items());
    Failpoint.WORKER_LOCKED.hit();
    release(tx, parked.taken(tx));
    for (PullItem item : pull.items()) {
      switch (item) {
        case PullItem.BadFrame bad -> keepBadFrame(tx, bad);
        case PullItem.Unbelieved doubtful -> keepUnbelieved(tx, doubtful);
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

  /** What it took up of the parked batches; true only after its end. */
  Unparking parked() {
    return parked;
  }

  private void release(PartitionTransaction tx, List<? extends PullItem> released) {
    epochs.lock(tx, released);
    for (PullItem one : released) {
      switch (one) {
        case Believed believed -> {
          epochs.of(believed.id().epoch()).touch();
          admit(tx, believed);
        }
        case PullItem.Unbelieved doubtful -> {
          epochs.lock(tx, doubtful.row().batch().id().epoch()).touch();
          keepUnbelieved(tx, doubtful);
        }
        case PullItem.BadFrame bad -> keepBadFrame(tx, bad);
      }
    }
    storage.count("batches_unparked", released.size());
  }

  /**
   * A definition comes: what waited for it goes before the batch that brought it, as far as there
   * is room. One that is tried alone brings no others along, which may be what it failed for.
   */
  private void arrive(PartitionTransaction tx, Believed bringer, SeriesSet set) {
    AgentId agent = bringer.id().agent();
    SetKey key = new SetKey(agent, set.hash());
    if (!arrived.add(key) || memory.brought(key)) {
      return;
    }
    if (tx.knownSet(agent, set.hash()).isPresent()) {
      storage.bring(key, set);
      return;
    }
    if (tx.addSet(agent, set)) {
      storage.bring(key, set);
    } else {
      refused.add(key);
    }
    if (pull.alone().isPresent()) {
      parked.leave();
    } else {
      release(tx, parked.waitingFor(tx, agent, set.hash()));
    }
  }

  /**
   * Puts a batch on the list for the ledger, unless it must wait. A closed epoch still takes what
   * comes late out of the bus, after a restore above all: a content that was carried over has
   * claimed its origin, so the ledger lets each in once.
   */
  private void admit(PartitionTransaction tx, Believed believed) {
    if (!(believed.content() instanceof Content.Data data)) {
      work.add(believed);
      return;
    }
    for (BatchCodec.Part part : data.parts()) {
      Optional<SeriesSet> set = storage.definition(tx, believed.id().agent(), part);
      Sha256 hash = BatchStorage.hashOf(part);
      if (set.isEmpty() && refused.contains(new SetKey(believed.id().agent(), hash))) {
        work.add(believed.unusable(QuarantineReason.SET_LIMIT, "one series set too many: " + hash));
        return;
      }
      if (set.isEmpty()) {
        park(tx, believed.row(), data.cells(), hash);
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

  private void park(PartitionTransaction tx, JournalRow row, long cells, Sha256 missing) {
    boolean kept = tx.park(new ParkedBatch(missing, row.position().stampMillis(), cells, row));
    epochs.of(row.batch().id().epoch()).touch(); // its agent is to be asked for the set
    // dropped: its agent holds it
    storage.count(kept ? "batches_parked" : "batches_park_dropped", 1);
  }

  /** Claims everything on the list at once and gives the new ones their effect. */
  private void settle(PartitionTransaction tx) {
    dropWithoutRoom();
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
    if (settles()) {
      epochs.settle(tx, entered);
    } else {
      storage.count("batches_unsettled", entered.size());
    }
    storage.count("batches_entered", entered.size());
  }

  /** They are not acknowledged, so their agents send them again when the gaps before are filled. */
  private void dropWithoutRoom() {
    int before = work.size();
    work.removeIf(one -> !epochs.take(one));
    storage.count("batches_dropped", before - work.size());
  }

  private boolean settles() {
    Optional<Way> way = parked.take().map(take -> take.attempt().way()).or(pull::alone);
    return !way.equals(Optional.of(Way.UNSETTLED));
  }

  private void fork(PartitionTransaction tx, Believed one) {
    storage.keep(
        tx, one.row(), QuarantineReason.FORK, "the ledger has another content under this id", 0);
    epochs.of(one.id().epoch()).markForked();
  }

  /** The id has its row; the content is where it came in first. */
  private void enterCopied(Believed one) {
    epochs.of(one.id().epoch()).enter(one, Balance.ZERO.withMoved(one.samples()));
    storage.count("batches_copied", 1);
  }

  private void store(PartitionTransaction tx, Believed one) {
    Ledgered epoch = epochs.of(one.id().epoch());
    switch (one.content()) {
      case Content.Data(List<BatchCodec.Part> parts) ->
          epoch.enter(one, storage.store(tx, one.row(), parts));
      case Content.Loss _, Content.Moved _ -> epoch.enter(one, Balance.ZERO);
      case Content.Unusable(QuarantineReason reason, String detail) -> {
        long samples = one.samples();
        epoch.enter(one, Balance.ZERO.withQuarantined(samples));
        storage.keep(tx, one.row(), reason, detail, samples);
      }
    }
  }

  private void keepUnbelieved(PartitionTransaction tx, PullItem.Unbelieved one) {
    storage.keep(tx, one.row(), one.reason(), one.detail(), 0);
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
