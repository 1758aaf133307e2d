package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionStore.LeaseAnswer;
import dev.sentinelj.ports.driven.PartitionStore.Outcome;
import dev.sentinelj.ports.driven.PartitionStore.Script;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerAnswer;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.ports.driven.QuarantineQueries;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * What the contracts about one database have in common. Every test uses agents and a partition of
 * its own.
 */
public abstract class StoreContract {
  protected abstract StoreUnderTest database();

  final PartitionStore store() {
    return database().store();
  }

  final ProgressFeed feed() {
    return database().feed();
  }

  final MetricQueries queries() {
    return database().queries();
  }

  final QuarantineQueries quarantine() {
    return database().quarantine();
  }

  final int partitions() {
    return database().partitions();
  }

  final int freshPartition() {
    return database().freshPartition();
  }

  /** A lease on a fresh partition. */
  final Lease own() {
    return own(freshPartition());
  }

  final Lease own(int partition) {
    LeaseAnswer answer = Stages.await(store().lease(partition, owner(), Optional.empty()));
    assertThat(answer).isInstanceOf(LeaseAnswer.Granted.class);
    return ((LeaseAnswer.Granted) answer).lease();
  }

  static String owner() {
    return "worker-" + UUID.randomUUID();
  }

  final Outcome transact(Lease lease, Script script) {
    return Stages.await(store().transact(lease, script));
  }

  final void commit(Lease lease, Script script) {
    assertThat(transact(lease, script)).isEqualTo(new Outcome.Committed());
  }

  /** What {@code script} gave, in a transaction that was committed. */
  final <T> T committed(Lease lease, Function<PartitionTransaction, T> script) {
    AtomicReference<Optional<T>> given = new AtomicReference<>(Optional.empty());
    commit(lease, tx -> given.set(Optional.of(script.apply(tx))));
    return given.get().orElseThrow();
  }

  final List<LedgerAnswer> claimed(Lease lease, LedgerClaim... claims) {
    return committed(lease, tx -> tx.claim(List.of(claims)));
  }

  final Optional<SeriesSet> knownSet(Lease lease, AgentId agent, Sha256 set) {
    return committed(lease, tx -> tx.knownSet(agent, set));
  }

  static LedgerClaim claim(BatchId id, String content, long samples) {
    return TestBatches.claim(id, hash(content), samples);
  }

  static Sha256 hash(String content) {
    return Sha256.of(content.getBytes(StandardCharsets.UTF_8));
  }

  /** A row for a batch with 10 samples and a body of {@code bodyBytes}. */
  static JournalRow journalRow(BatchId id, long sequence, int index, int bodyBytes) {
    return new JournalRow(
        Lane.FRESH,
        new BusPosition(1, sequence, 5_000 + sequence),
        index,
        -77,
        4_000,
        3,
        TestBatches.opaque(id, 10, bodyBytes));
  }
}
