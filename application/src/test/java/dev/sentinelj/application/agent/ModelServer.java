package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.ingest.Submission;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.Uplink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Gateway, broker, worker and database in a few lines: what they promise each other is taken as
 * kept, so that what is wrong is the agent's.
 */
final class ModelServer implements Uplink {
  final Map<BatchId, SignedBatch> ledger = new LinkedHashMap<>();
  final Set<Sha256> contents = new HashSet<>();
  final Map<String, Integer> samples = new HashMap<>();
  final Set<Long> closed = new HashSet<>();
  final Set<Long> forked = new HashSet<>();
  final List<MovedRecord> moves = new ArrayList<>();
  private final Map<Long, SeqRanges> committed = new HashMap<>();
  private final Map<Long, Line> lines = new HashMap<>();
  private final Set<Sha256> sets = new HashSet<>();
  int needless;
  boolean commits = true;
  boolean reachable = true;
  Runnable onCall = () -> {};

  @Override
  public Session open(Opening opening, Consumer<Downlink> events) {
    onCall.run();
    long epoch = opening.epoch().epoch();
    Line line = new Line(opening.epoch(), events);
    if (!reachable) {
      events.accept(new Downlink.Closed(Downlink.CloseReason.LOST, "not reachable"));
      return line;
    }
    Line replaced = lines.put(epoch, line);
    if (replaced != null) {
      replaced.events.accept(new Downlink.Closed(Downlink.CloseReason.LOST, "replaced"));
    }
    events.accept(new Downlink.Opened(opening.sentAtMillis(), SessionLimits.DEFAULT));
    tell(epoch);
    return line;
  }

  /** Marks an epoch as the fork that a worker met. */
  void fork(long epoch) {
    forked.add(epoch);
    tell(epoch);
  }

  void tell(long epoch) {
    Line line = lines.get(epoch);
    if (line != null) {
      SeqRanges ranges = committed.getOrDefault(epoch, new SeqRanges());
      EpochProgress progress =
          new EpochProgress(
              line.epoch,
              ranges.through(),
              ranges.above(Committed.MAX_RANGES),
              Balance.ZERO,
              closed.contains(epoch),
              forked.contains(epoch));
      line.events.accept(new Downlink.Progress(new Committed(progress, List.of(), List.of())));
    }
  }

  /** Takes {@code batch} in as a worker does. */
  void commit(SignedBatch batch) {
    BatchId id = batch.id();
    long epoch = id.epoch().epoch();
    if (ledger.containsKey(id)) {
      if (!ledger.get(id).contentHash().equals(batch.contentHash())) {
        forked.add(epoch);
      }
    } else if (!closed.contains(epoch)) {
      ledger.put(id, batch);
      committed.computeIfAbsent(epoch, _ -> new SeqRanges()).add(id.seq());
      take(CopiedBatch.originalOf(batch));
    }
  }

  private void take(SignedBatch original) {
    switch (original.header().kind()) {
      case DATA -> store(original);
      case LOSS ->
          LossRecord.parse(original.body())
              .entries()
              .forEach(entry ->
                  committed
                      .computeIfAbsent(original.id().epoch().epoch(), _ -> new SeqRanges())
                      .add(entry.from(), entry.to()));
      case MOVED -> moves.add(MovedRecord.parse(original.body()));
      case COPY -> throw new AssertionError("a copy of a copy: " + original);
    }
  }

  /** As the database does: the second copy of a content is entered and stored nowhere. */
  private void store(SignedBatch original) {
    if (!contents.add(original.contentHash())) {
      needless++;
      return;
    }
    for (BatchCodec.Part part : new WireCodec().decode(original.header(), original.body())) {
      Sha256 set = ((BatchCodec.Part.Referring) part).block().set();
      if (!sets.contains(set)) {
        throw new AssertionError("nobody brought the set of " + original);
      }
      for (int row = 0; row < part.columns().rows(); row++) {
        samples.merge(set + " at " + part.columns().timeMillis(row), 1, Integer::sum);
      }
    }
  }

  private final class Line implements Session {
    private final EpochId epoch;
    private final Consumer<Downlink> events;

    Line(EpochId epoch, Consumer<Downlink> events) {
      this.epoch = epoch;
      this.events = events;
    }

    @Override
    public void push(Submission submission) {
      onCall.run();
      SignedBatch batch = submission.batch();
      submission.attachedSets().forEach(set -> sets.add(SeriesSet.parse(set).hash()));
      events.accept(
          new Downlink.Accepted(
              batch.id().epoch().epoch(),
              batch.id().seq(),
              submission.envelope().envelope().attempt(),
              new Receipt(0, Lane.FRESH, 1, 1)));
      if (commits) {
        commit(batch);
        tell(batch.id().epoch().epoch());
      }
    }

    @Override
    public boolean ready() {
      return true;
    }

    @Override
    public void heartbeat(long sentAtMillis) {}

    @Override
    public void reconcile(ReconcileQuery query) {
      onCall.run();
      TreeMap<Long, Sha256> rows = new TreeMap<>();
      ledger.forEach((id, batch) -> {
        boolean asked = query.from() <= id.seq() && id.seq() <= query.to();
        if (id.epoch().epoch() == query.epoch() && asked) {
          rows.put(id.seq(), batch.contentHash());
        }
      });
      boolean equal = ReconcileQuery.digestOf(List.copyOf(rows.values())).equals(query.digest());
      List<ReconcileAnswer.Row> list = new ArrayList<>();
      rows.forEach((seq, hash) -> list.add(new ReconcileAnswer.Row(seq, hash)));
      events.accept(
          new Downlink.Reconciled(
              equal
                  ? new ReconcileAnswer.Equal(query.epoch(), query.from(), query.to())
                  : new ReconcileAnswer.Differs(query.epoch(), query.from(), query.to(), list)));
    }

    @Override
    public void closeEpoch(long toClose) {
      onCall.run();
      closed.add(toClose);
      events.accept(new Downlink.EpochClosed(toClose));
      tell(toClose);
    }

    @Override
    public void close() {}
  }

  static boolean isData(SignedBatch batch) {
    return batch.header().kind() == BatchKind.DATA;
  }
}
