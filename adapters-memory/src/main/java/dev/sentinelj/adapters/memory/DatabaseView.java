package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.Rows.LedgerRow;
import dev.sentinelj.adapters.memory.Rows.Loss;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.QuarantineReason;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.ports.driven.BusPosition;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Looks at everything in an {@link InMemoryDatabase}, past its faults, for checks on the whole of
 * it.
 */
public final class DatabaseView {
  private final InMemoryDatabase database;

  public DatabaseView(InMemoryDatabase database) {
    this.database = database;
  }

  /** Takes one stored sample. */
  @FunctionalInterface
  public interface SampleVisitor {
    void visit(AgentId agent, Series series, long timeMillis, double value);
  }

  /** The content hash of the ledger's row of {@code id}. */
  public Optional<Sha256> ledgered(BatchId id) {
    synchronized (database) {
      return Optional.ofNullable(database.ledger.rows().get(id)).map(LedgerRow::contentHash);
    }
  }

  /**
   * Whether exactly this content had an effect: a row in the ledger, as itself or as a copy, or a
   * place among what is parked or was kept aside.
   */
  public boolean has(BatchId id, Sha256 contentHash) {
    synchronized (database) {
      return ledgered(id).filter(contentHash::equals).isPresent()
          || copied(id, contentHash)
          || kept(id).anyMatch(batch -> batch.contentHash().equals(contentHash));
    }
  }

  private Stream<SignedBatch> kept(BatchId id) {
    Stream<SignedBatch> parked =
        database.parked.rows().values().stream()
            .map(one -> one.batch().row().batch())
            .filter(batch -> batch.id().equals(id));
    Stream<SignedBatch> aside =
        database.quarantine.rows().values().stream()
            .map(one -> one.row())
            .filter(row -> row.id().equals(Optional.of(id)) && isWhole(row.reason()))
            .map(row -> SignedBatch.readFrom(new WireReader(row.bytes())));
    return Stream.concat(parked, aside);
  }

  /** Whether rows of this reason hold a batch as it came, rather than single samples. */
  private static boolean isWhole(String reason) {
    return QuarantineReason.ofWord(reason)
        .filter(one -> one != QuarantineReason.NAN && one != QuarantineReason.TIME)
        .isPresent();
  }

  /** Whether a copy of this content is in the ledger. */
  public boolean copied(BatchId id, Sha256 contentHash) {
    synchronized (database) {
      return database.origins.rows().containsKey(new Rows.OriginKey(id, contentHash));
    }
  }

  /** How many batches wait for their series set. */
  public int parked() {
    synchronized (database) {
      return database.parked.rows().size();
    }
  }

  /** The position of record of one lane. */
  public BusPosition position(FrameAddress lane) {
    synchronized (database) {
      return database.positions.rows().getOrDefault(lane, BusPosition.START);
    }
  }

  /** What is known of an epoch. */
  public EpochProgress progress(EpochId epoch) {
    synchronized (database) {
      Rows.ProgressRow row = database.progress.rows().get(epoch);
      return row == null ? EpochProgress.start(epoch) : row.progress();
    }
  }

  /** What is known of every epoch. */
  public List<EpochProgress> progress() {
    synchronized (database) {
      return database.progress.rows().values().stream().map(Rows.ProgressRow::progress).toList();
    }
  }

  /** The losses noted of each epoch, rows that contradict them or not. */
  public Map<EpochId, List<LossRecord.Entry>> losses() {
    synchronized (database) {
      Map<EpochId, List<LossRecord.Entry>> all = new LinkedHashMap<>();
      database
          .losses
          .rows()
          .forEach((epoch, losses) -> all.put(epoch, losses.stream().map(Loss::entry).toList()));
      return all;
    }
  }

  /** Shows every stored sample: by series, ascending in time. */
  public void samples(SampleVisitor visitor) {
    synchronized (database) {
      database
          .series
          .rows()
          .forEach((key, id) -> {
            SampleList samples = database.samplesOf(id);
            for (int i = 0; i < samples.size(); i++) {
              visitor.visit(key.agent(), key.series(), samples.timeMillis(i), samples.value(i));
            }
          });
    }
  }
}
