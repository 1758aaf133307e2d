package dev.sentinelj.application.worker;

import dev.sentinelj.application.worker.PartitionMemory.SetKey;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.QuarantineReason;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Puts the samples of batches into a transaction: series sets are resolved, samples that cannot be
 * stored are kept aside, what is above the budget is counted. What the worker remembers changes
 * with {@link #remember} only. One transaction.
 */
final class BatchStorage {
  private final PartitionMemory memory;
  private final long retentionMillis;

  private final Map<SetKey, ResolvedSet> resolved = new HashMap<>();
  private final Map<SetKey, SeriesSet> definitions = new HashMap<>();
  private final Set<SetKey> brought = new HashSet<>();
  private final SeriesBudget.Staged budget = new SeriesBudget.Staged();
  private final WindowTable.Staged windows = new WindowTable.Staged();
  private final Map<String, Long> counts = new TreeMap<>();

  BatchStorage(PartitionMemory memory, long retentionMillis) {
    this.memory = memory;
    this.retentionMillis = retentionMillis;
  }

  /** Makes what was committed part of the memory. Call it once, and only after a commit. */
  void remember(long nowMillis) {
    memory.keep(resolved);
    brought.forEach(memory::noteBrought);
    memory.budget().merge(budget, nowMillis);
    memory.windows().merge(windows);
  }

  /** What happened, by counter name; true only after a commit. */
  Map<String, Long> counts() {
    return counts;
  }

  void count(String name, long more) {
    counts.merge(name, more, Long::sum);
  }

  /** Takes a definition that its agent brought, with a batch of this transaction or before. */
  void bring(SetKey key, SeriesSet set) {
    definitions.putIfAbsent(key, set);
    brought.add(key);
  }

  /** The set a part is about, if this agent has brought it by now. */
  Optional<SeriesSet> definition(PartitionTransaction tx, AgentId agent, BatchCodec.Part part) {
    SetKey key = new SetKey(agent, hashOf(part));
    if (part instanceof BatchCodec.Part.Spelled(SeriesSet set, _)) {
      definitions.putIfAbsent(key, set);
      return Optional.of(set);
    }
    Optional<ResolvedSet> known = memory.set(key);
    if (known.isPresent()) {
      return known.map(ResolvedSet::set);
    }
    SeriesSet defined = definitions.get(key);
    if (defined != null) {
      return Optional.of(defined);
    }
    Optional<SeriesSet> stored = tx.knownSet(agent, key.hash());
    stored.ifPresent(set -> bring(key, set));
    return stored;
  }

  static Sha256 hashOf(BatchCodec.Part part) {
    return switch (part) {
      case BatchCodec.Part.Referring(var block) -> block.set();
      case BatchCodec.Part.Spelled(SeriesSet set, _) -> set.hash();
    };
  }

  /**
   * Stores what a batch holds. Each part has a {@link #definition} of the same size.
   *
   * @return what became of the samples; nothing is collected by it
   */
  Balance store(PartitionTransaction tx, JournalRow row, List<BatchCodec.Part> parts) {
    Balance sum = Balance.ZERO;
    for (BatchCodec.Part part : parts) {
      sum = sum.plus(store(tx, row, part));
    }
    return sum;
  }

  private Balance store(PartitionTransaction tx, JournalRow row, BatchCodec.Part part) {
    AgentId agent = row.batch().id().agent();
    long received = row.position().stampMillis();
    ResolvedSet set = resolve(tx, agent, hashOf(part), received);
    SampleSieve sieve = new SampleSieve(part.columns(), set, received, retentionMillis);
    Columns clean = sieve.clean();
    if (clean != null) {
      tx.addSamples(set.ids(), clean);
      stage(row, set, clean, received);
    }
    keepSamples(tx, row, QuarantineReason.NAN, sieve.nans(), sieve.nanText());
    keepSamples(tx, row, QuarantineReason.TIME, sieve.times(), sieve.timeText());
    count("samples_stored", sieve.stored());
    count("samples_overflow", sieve.overflow());
    return Balance.ZERO
        .withStored(sieve.stored())
        .withQuarantined(sieve.nans() + sieve.times())
        .withOverflow(sieve.overflow());
  }

  private ResolvedSet resolve(PartitionTransaction tx, AgentId agent, Sha256 hash, long now) {
    SetKey key = new SetKey(agent, hash);
    Optional<ResolvedSet> known = memory.set(key);
    if (known.filter(set -> !set.due(now)).isPresent()) {
      return known.get();
    }
    known.ifPresent(set -> touch(key, set, now));
    return known
        .filter(ResolvedSet::whole)
        .orElseGet(() -> resolved.computeIfAbsent(key, _ -> identify(tx, key, now)));
  }

  private void touch(SetKey key, ResolvedSet known, long now) {
    memory.budget().touch(key.agent(), known.set(), known.columns(), now);
    definitions.putIfAbsent(key, known.set());
    if (known.whole()) {
      known.touched(now); // else it is resolved anew: other series may have made room
    }
    if (known.brought()) {
      brought.add(key);
    }
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

  /** Keeps a whole batch aside. */
  void keep(
      PartitionTransaction tx,
      JournalRow row,
      QuarantineReason reason,
      String detail,
      long samples) {
    WireWriter out = new WireWriter(row.batch().bodyLength() + 512);
    row.batch().writeTo(out);
    Optional<BatchId> id =
        reason == QuarantineReason.BAD_MAC ? Optional.empty() : Optional.of(row.batch().id());
    long received = row.position().stampMillis();
    tx.quarantine(new QuarantineRow(id, reason.word(), detail, received, samples, out.toBytes()));
    count("quarantined_" + reason.word(), 1);
  }

  private void keepSamples(
      PartitionTransaction tx, JournalRow row, QuarantineReason reason, long samples, byte[] text) {
    if (samples == 0) {
      return;
    }
    tx.quarantine(
        new QuarantineRow(
            Optional.of(row.batch().id()),
            reason.word(),
            reason == QuarantineReason.NAN ? noNumbers(samples) : wrongTimes(samples, row),
            row.position().stampMillis(),
            samples,
            text));
    count("quarantined_" + reason.word(), 1);
  }

  private static String noNumbers(long samples) {
    return samples == 1 ? "1 value is no number" : samples + " values are no numbers";
  }

  private String wrongTimes(long samples, JournalRow row) {
    long received = row.position().stampMillis();
    return (samples == 1 ? "1 sample was taken" : samples + " samples were taken")
        + " before "
        + Instant.ofEpochMilli(received - retentionMillis)
        + " or after "
        + Instant.ofEpochMilli(received + SampleSieve.AHEAD_MILLIS);
  }
}
