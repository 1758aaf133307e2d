package dev.sentinelj.application.worker;

import dev.sentinelj.application.worker.PullItem.Believed;
import dev.sentinelj.application.worker.PullItem.Content;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import dev.sentinelj.ports.driving.QuarantineReplay.Answer;
import java.util.List;
import java.util.Optional;

/**
 * The one transaction of a replay. A refusal throws, which undoes whatever was done before. Runs at
 * most once, on the thread of the store.
 */
final class ReplayScript implements PartitionStore.Script {
  /**
   * The generation under which the journal has what was replayed; the bus counts from 1. With the
   * id of the row as sequence no place is taken twice.
   */
  static final long GENERATION = 0;

  private final long id;
  private final String by;
  private final BatchJudge judge;
  private final BatchStorage storage;
  private Optional<Answer> refusal = Optional.empty();
  private Optional<Answer> done = Optional.empty();
  private boolean gone;

  ReplayScript(long id, String by, BatchJudge judge, WorkerLimits limits) {
    this.id = id;
    this.by = by;
    this.judge = judge;
    this.storage = new BatchStorage(new PartitionMemory(limits), limits.retention().toMillis());
  }

  /** Ends the transaction with an answer. */
  private static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message, null, false, false);
    }
  }

  @Override
  public void run(PartitionTransaction tx) {
    Optional<QuarantineRow> row = tx.lockQuarantined(id);
    if (row.isEmpty()) {
      gone = true;
      throw new RefusedException("somebody else replayed it meanwhile");
    }
    SignedBatch batch = batch(row.get());
    JournalRow place = place(batch, row.get());
    checkEntered(row.get(), batch);
    Believed believed = judge.believed(place, List.of());
    LockedEpochs epochs = new LockedEpochs();
    epochs.lock(tx, List.of(believed));
    checkLedger(tx, believed);
    List<BatchCodec.Part> parts = parts(tx, believed);
    Balance became =
        isElsewhere(tx, believed)
            ? Balance.ZERO.withMoved(believed.samples())
            : storage.store(tx, place, parts);
    epochs.of(batch.id().epoch()).replay(row.get().samples(), became);
    epochs.settle(tx, List.of(believed));
    tx.journal(place);
    epochs.save(tx);
    tx.markReplayed(id, by);
    done =
        Optional.of(
            new Answer.Replayed(
                batch.id(), became.stored(), became.quarantined(), became.overflow()));
  }

  /** What happened; only after a commit. */
  Answer answer() {
    return done.orElseThrow();
  }

  /** Why the script ended itself, if it did. */
  Optional<Answer> refusal() {
    return refusal;
  }

  /** Whether the row was not there any more, or replayed by somebody else. */
  boolean gone() {
    return gone;
  }

  private RefusedException refused(Answer why) {
    refusal = Optional.of(why);
    return new RefusedException(why.toString());
  }

  private SignedBatch batch(QuarantineRow row) {
    SignedBatch batch = read(row.bytes());
    if (!row.id().equals(Optional.of(batch.id())) || !batch.bodyMatches()) {
      throw refused(new Answer.Conflict("the bytes kept aside are not the batch they stand for"));
    }
    return batch;
  }

  private SignedBatch read(byte[] bytes) {
    try {
      WireReader in = new WireReader(bytes);
      SignedBatch batch = SignedBatch.readFrom(in);
      in.end();
      return batch;
    } catch (MalformedException | BatchHeader.UnsupportedVersionException e) {
      throw refused(new Answer.NotYet("the bytes kept aside are no batch: " + e.getMessage()));
    }
  }

  /** What was kept aside without being entered may have come again and be stored by now. */
  private void checkEntered(QuarantineRow row, SignedBatch batch) {
    if (row.samples() != batch.header().samples()) {
      throw refused(
          new Answer.Conflict(
              "it was kept aside without being entered, so its agent still sends it by itself"));
    }
  }

  /** Nothing may be entered here: whoever took the counts out of flight has entered it. */
  private void checkLedger(PartitionTransaction tx, Believed batch) {
    switch (tx.claim(List.of(batch.claim())).getFirst()) {
      case DUPLICATE -> {}
      case FORK ->
          throw refused(
              new Answer.Conflict("the ledger has another content under the id of this batch"));
      case NEW, COPIED ->
          throw refused(
              new Answer.Conflict(
                  "the ledger does not have this batch, so its agent still sends it by itself"));
    }
  }

  /** Whoever could not read a copy did not know whose: its content may have come in meanwhile. */
  private static boolean isElsewhere(PartitionTransaction tx, Believed batch) {
    return batch.origin().filter(origin -> !tx.claimOrigin(batch.id(), origin)).isPresent();
  }

  /**
   * On the backlog lane, so that no window and no alert sees it: history is not news. Its samples
   * are judged by the time they came, as they would have been then.
   */
  private JournalRow place(SignedBatch batch, QuarantineRow row) {
    long received = row.receivedAtMillis();
    BusPosition position = new BusPosition(GENERATION, id, received);
    return new JournalRow(Lane.BACKLOG, position, 0, 0, received, 0, batch);
  }

  /** A record about other batches has none. */
  private List<BatchCodec.Part> parts(PartitionTransaction tx, Believed believed) {
    return switch (believed.content()) {
      case Content.Unusable(_, String detail) ->
          throw refused(new Answer.NotYet("it still cannot be read: " + detail));
      case Content.Loss _, Content.Moved _ -> List.of();
      case Content.Data(List<BatchCodec.Part> parts) -> {
        parts.forEach(part -> checkSet(tx, believed.id(), part));
        yield parts;
      }
    };
  }

  private void checkSet(PartitionTransaction tx, BatchId batch, BatchCodec.Part part) {
    Optional<SeriesSet> set = storage.definition(tx, batch.agent(), part);
    if (set.isEmpty()) {
      throw refused(
          new Answer.NotYet(
              "its series set "
                  + BatchStorage.hashOf(part).toHex()
                  + " is still not known here: it comes with the next batch that uses it"));
    }
    if (set.get().size() != part.columns().series()) {
      throw refused(new Answer.NotYet("its columns and its series set differ in size"));
    }
  }
}
