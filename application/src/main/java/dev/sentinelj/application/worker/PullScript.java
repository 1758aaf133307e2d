package dev.sentinelj.application.worker;

import dev.sentinelj.application.worker.PartitionMemory.SetKey;
import dev.sentinelj.application.worker.PullItem.Believed;
import dev.sentinelj.application.worker.PullItem.Content;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerAnswer;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import dev.sentinelj.ports.driven.PartitionTransaction.ParkedBatch;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

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
  private final long retentionMillis;

  private final Map<EpochId, Ledgered> epochs = new LinkedHashMap<>();
  private final Map<SetKey, ResolvedSet> resolved = new HashMap<>();
  private final Set<SetKey> arrived = new LinkedHashSet<>();
  private final Map<SetKey, SeriesSet> definitions = new HashMap<>();
  private final SeriesBudget.Staged budget = new SeriesBudget.Staged();
  private final WindowTable.Staged windows = new WindowTable.Staged();
  private final List<Believed> work = new ArrayList<>();
  private final Map<String, Long> counts = new TreeMap<>();

  /**
   * @param moves whether this transaction moves the position, from {@code from} to {@code to}
   */
  record Pull(Lane lane, BusPosition from, BusPosition to, boolean moves, List<PullItem> items) {
    Pull {
      items = List.copyOf(items);
    }
  }

  PullScript(Pull pull, PartitionMemory memory, BatchJudge judge, long retentionMillis) {
    this.pull = pull;
    this.memory = memory;
    this.judge = judge;
    this.retentionMillis = retentionMillis;
  }

  @Override
  public void run(PartitionTransaction tx) {
    lock(tx, epochsOf(pull.items()));
    Failpoint.WORKER_LOCKED.hit();
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
    List<EpochProgress> changed =
        epochs.values().stream().filter(Ledgered::changed).map(Ledgered::end).toList();
    if (!changed.isEmpty()) {
      tx.saveProgress(changed);
    }
    if (pull.moves()) {
      Failpoint.WORKER_MOVE_BEFORE.hit();
      tx.movePosition(pull.lane(), pull.from(), pull.to());
    }
  }

  /** Makes what was committed part of the memory. Call it once, and only after a commit. */
  void remember(long nowMillis) {
    memory.keep(resolved);
    memory.budget().merge(budget, nowMillis);
    memory.windows().merge(windows);
  }

  /** What happened, by counter name; true only after a commit. */
  Map<String, Long> counts() {
    return counts;
  }

  private static Set<EpochId> epochsOf(List<PullItem> items) {
    Set<EpochId> found = new LinkedHashSet<>();
    for (PullItem item : items) {
      if (item instanceof Believed believed) {
        found.add(believed.row().batch().id().epoch());
      }
    }
    return found;
  }

  private void lock(PartitionTransaction tx, Set<EpochId> wanted) {
    Set<EpochId> missing = new LinkedHashSet<>(wanted);
    missing.removeAll(epochs.keySet());
    if (!missing.isEmpty()) {
      tx.lockEpochs(missing)
          .forEach((epoch, progress) -> epochs.put(epoch, new Ledgered(progress)));
    }
  }

  private Ledgered epoch(BatchId id) {
    Ledgered known = epochs.get(id.epoch());
    if (known == null) {
      throw new IllegalStateException("not locked: " + id.epoch());
    }
    return known;
  }

  /** A definition comes: what waited for it goes before the batch that brought it. */
  private void arrive(PartitionTransaction tx, Believed bringer, SeriesSet set) {
    AgentId agent = bringer.row().batch().id().agent();
    SetKey key = new SetKey(agent, set.hash());
    if (!arrived.add(key) || memory.set(key).isPresent()) {
      return;
    }
    definitions.put(key, set);
    if (tx.knownSet(agent, set.hash()).isPresent()) {
      return;
    }
    tx.addSet(agent, set);
    List<ParkedBatch> released = tx.unpark(agent, set.hash());
    Set<EpochId> theirs = new LinkedHashSet<>();
    released.forEach(parked -> theirs.add(parked.row().batch().id().epoch()));
    lock(tx, theirs);
    for (ParkedBatch parked : released) {
      count("batches_unparked", 1);
      admit(tx, new Believed(parked.row(), List.of(), released(bringer, parked)));
    }
  }

  /** When the bringer failed again and again it may be because of what it releases. */
  private Content released(Believed bringer, ParkedBatch parked) {
    boolean poison =
        bringer.content() instanceof Content.Unusable(String reason, _)
            && reason.equals(PullItem.POISON);
    return poison ? bringer.content() : judge.content(parked.row().batch());
  }

  /** Puts a batch on the list for the ledger, unless it must wait or its epoch is closed. */
  private void admit(PartitionTransaction tx, Believed believed) {
    SignedBatch batch = believed.row().batch();
    if (epoch(batch.id()).start.closed()) {
      keep(tx, believed.row(), "superseded", "its epoch is closed", 0);
      return;
    }
    if (!(believed.content() instanceof Content.Data(List<BatchCodec.Part> parts))) {
      work.add(believed);
      return;
    }
    for (BatchCodec.Part part : parts) {
      Optional<SeriesSet> set = definition(tx, batch.id().agent(), part);
      if (set.isEmpty()) {
        park(tx, believed.row(), hashOf(part));
        return;
      }
      if (set.get().size() != part.columns().series()) {
        String detail = "columns and series set differ in size";
        work.add(
            new Believed(believed.row(), List.of(), new Content.Unusable("malformed", detail)));
        return;
      }
    }
    work.add(believed);
  }

  private static Sha256 hashOf(BatchCodec.Part part) {
    return switch (part) {
      case BatchCodec.Part.Referring(var block) -> block.set();
      case BatchCodec.Part.Spelled(SeriesSet set, _) -> set.hash();
    };
  }

  private Optional<SeriesSet> definition(
      PartitionTransaction tx, AgentId agent, BatchCodec.Part part) {
    if (part instanceof BatchCodec.Part.Spelled(SeriesSet set, _)) {
      definitions.putIfAbsent(new SetKey(agent, set.hash()), set);
      return Optional.of(set);
    }
    SetKey key = new SetKey(agent, hashOf(part));
    Optional<ResolvedSet> known = memory.set(key);
    if (known.isPresent()) {
      return known.map(ResolvedSet::set);
    }
    SeriesSet defined = definitions.get(key);
    if (defined != null) {
      return Optional.of(defined);
    }
    Optional<SeriesSet> stored = tx.knownSet(agent, key.hash());
    stored.ifPresent(set -> definitions.put(key, set));
    return stored;
  }

  private void park(PartitionTransaction tx, JournalRow row, Sha256 missing) {
    boolean kept = tx.park(new ParkedBatch(missing, row.position().stampMillis(), row));
    count(kept ? "batches_parked" : "batches_park_dropped", 1); // dropped: its agent holds it
  }

  /** Claims everything on the list at once and gives the new ones their effect. */
  private void settle(PartitionTransaction tx) {
    if (work.isEmpty()) {
      return;
    }
    List<LedgerAnswer> answers = tx.claim(work.stream().map(PullScript::claimOf).toList());
    Failpoint.WORKER_CLAIMED.hit();
    List<Believed> entered = new ArrayList<>();
    for (int i = 0; i < work.size(); i++) {
      switch (answers.get(i)) {
        case NEW, COPIED -> entered.add(work.get(i));
        case DUPLICATE -> count("batches_duplicate", 1);
        case FORK -> fork(tx, work.get(i));
      }
    }
    entered.forEach(one -> store(tx, one));
    entered.stream()
        .filter(one -> !(one.content() instanceof Content.Unusable))
        .forEach(one -> tx.journal(one.row()));
    beatLosses(tx);
    entered.forEach(one -> addLosses(tx, one));
    count("batches_entered", entered.size());
  }

  private static LedgerClaim claimOf(Believed one) {
    SignedBatch batch = one.row().batch();
    return new LedgerClaim(batch.id(), batch.contentHash(), batch.header().samples());
  }

  private void fork(PartitionTransaction tx, Believed one) {
    keep(tx, one.row(), "fork", "the ledger has another content under this id", 0);
    epoch(one.row().batch().id()).markForked();
  }

  private void store(PartitionTransaction tx, Believed one) {
    SignedBatch batch = one.row().batch();
    Ledgered epoch = epoch(batch.id());
    epoch.enter(batch.id().seq());
    long collected = batch.header().sampleTo();
    switch (one.content()) {
      case Content.Data(List<BatchCodec.Part> parts) -> {
        epoch.add(new Balance(collected, 0, 0, 0, 0));
        parts.forEach(part -> store(tx, one.row(), part, epoch));
      }
      case Content.Loss _, Content.Moved _ -> epoch.add(new Balance(collected, 0, 0, 0, 0));
      case Content.Unusable(String reason, String detail) -> {
        long samples = batch.header().samples();
        epoch.add(new Balance(collected, 0, samples, 0, 0));
        keep(tx, one.row(), reason, detail, samples);
      }
    }
  }

  private void store(
      PartitionTransaction tx, JournalRow row, BatchCodec.Part part, Ledgered epoch) {
    AgentId agent = row.batch().id().agent();
    long received = row.position().stampMillis();
    ResolvedSet set = resolve(tx, agent, hashOf(part), received);
    SampleSieve sieve = new SampleSieve(part.columns(), set, received, retentionMillis);
    Columns clean = sieve.clean();
    if (clean != null) {
      tx.addSamples(set.ids(), clean);
      stage(row, set, clean, received);
    }
    keepSamples(tx, row, "nan", sieve.nans(), sieve.nanText());
    keepSamples(tx, row, "time", sieve.times(), sieve.timeText());
    long aside = sieve.nans() + sieve.times();
    epoch.add(new Balance(0, sieve.stored(), aside, 0, sieve.overflow()));
    count("samples_stored", sieve.stored());
    count("samples_overflow", sieve.overflow());
  }

  private ResolvedSet resolve(PartitionTransaction tx, AgentId agent, Sha256 hash, long now) {
    SetKey key = new SetKey(agent, hash);
    Optional<ResolvedSet> known = memory.set(key);
    if (known.isPresent()) {
      if (known.get().due(now)) {
        memory.budget().touch(agent, known.get().set(), known.get().columns(), now);
      }
      return known.get();
    }
    return resolved.computeIfAbsent(key, _ -> identify(tx, key, now));
  }

  private ResolvedSet identify(PartitionTransaction tx, SetKey key, long now) {
    SeriesSet set = definitions.get(key);
    if (set == null) {
      throw new IllegalStateException("no definition of " + key);
    }
    int[] columns = memory.budget().admit(key.agent(), set, budget, now);
    if (columns.length == set.size()) {
      return new ResolvedSet(set, columns, tx.seriesIds(key.agent(), set), now);
    }
    if (columns.length == 0) {
      return new ResolvedSet(set, columns, new long[0], now);
    }
    List<Series> some = new ArrayList<>();
    for (int column : columns) {
      some.add(set.series().get(column));
    }
    return new ResolvedSet(set, columns, tx.seriesIds(key.agent(), SeriesSet.of(some)), now);
  }

  /** Only what is new enters windows: the backlog is history. */
  private void stage(JournalRow row, ResolvedSet set, Columns clean, long received) {
    if (row.lane() != Lane.FRESH) {
      return;
    }
    for (int column = 0; column < clean.series(); column++) {
      for (int at = 0; at < clean.rows(); at++) {
        if (clean.present(column, at)) {
          windows.add(set.ids()[column], clean.timeMillis(at), clean.value(column, at), received);
        }
      }
    }
  }

  /** A row beats a loss: what the losses had named and the ledger has now is lost no more. */
  private void beatLosses(PartitionTransaction tx) {
    epochs.forEach((id, epoch) -> {
      if (!epoch.wereLost().isEmpty()) {
        epoch.add(new Balance(0, 0, 0, -tx.removeLosses(id, epoch.wereLost()), 0));
      }
    });
  }

  private void addLosses(PartitionTransaction tx, Believed one) {
    if (one.content() instanceof Content.Loss(LossRecord record)) {
      EpochId id = one.row().batch().id().epoch();
      Ledgered epoch = epoch(one.row().batch().id());
      epoch.add(new Balance(0, 0, 0, tx.addLosses(id, record), 0));
      record.entries().forEach(entry -> epoch.lose(entry.from(), entry.to()));
    }
  }

  private void keepBadFrame(PartitionTransaction tx, PullItem.BadFrame bad) {
    long received = bad.position().stampMillis();
    tx.quarantine(
        new QuarantineRow(Optional.empty(), "bad_frame", bad.detail(), received, 0, bad.bytes()));
    count("quarantined_bad_frame", 1);
  }

  private void keepUnbelieved(PartitionTransaction tx, PullItem.Unbelieved doubtful) {
    keep(tx, doubtful.row(), doubtful.reason(), doubtful.detail(), 0);
  }

  private void keep(
      PartitionTransaction tx, JournalRow row, String reason, String detail, long samples) {
    WireWriter out = new WireWriter(row.batch().bodyLength() + 512);
    row.batch().writeTo(out);
    Optional<BatchId> id =
        reason.equals("bad_mac") ? Optional.empty() : Optional.of(row.batch().id());
    long received = row.position().stampMillis();
    tx.quarantine(new QuarantineRow(id, reason, detail, received, samples, out.toBytes()));
    count("quarantined_" + reason, 1);
  }

  private void keepSamples(
      PartitionTransaction tx, JournalRow row, String reason, long samples, byte[] text) {
    if (samples == 0) {
      return;
    }
    String detail = samples + " samples of the batch";
    tx.quarantine(
        new QuarantineRow(
            Optional.of(row.batch().id()),
            reason,
            detail,
            row.position().stampMillis(),
            samples,
            text));
    count("quarantined_" + reason, 1);
  }

  private void count(String name, long more) {
    counts.merge(name, more, Long::sum);
  }
}
