package dev.sentinelj.adapters.timescale;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.MacTag;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore.FailureKind;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionStore.LeaseAnswer;
import dev.sentinelj.ports.driven.PartitionStore.Outcome;
import dev.sentinelj.ports.driven.PartitionStore.Script;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerAnswer;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import dev.sentinelj.ports.driven.PartitionTransaction.ParkedBatch;
import dev.sentinelj.ports.driven.PartitionTransaction.Portion;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.TestBatches;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimescalePartitionStoreTest {
  private static final long NOW = 1_795_000_000_000L;
  private static Database database;
  private static int partitions;

  private final AgentId agent = new AgentId("host-" + UUID.randomUUID().toString().substring(0, 8));
  private final EpochId epoch = new EpochId(agent, -7L);
  private final SeriesSet set =
      SeriesSet.of(
          List.of(
              Series.gauge("system.cpu.utilization", "1", Map.of("cpu", "0", "q\"\\", "ü€😀")),
              Series.counter("system.network.io", "By", Map.of())));
  private final int partition = partitions++;
  private TimescalePartitionStore store;
  private Lease lease;

  @BeforeAll
  static void start() {
    database = PostgresForTests.migrated();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  @BeforeEach
  void open() {
    store = new TimescalePartitionStore(database, "one");
    lease = granted(store, "one", Optional.empty());
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** Rows of an older state come back under a connection that stays: ids and sets are others. */
  @Test
  void transact_afterTheDatabaseWasRestored_usesNothingItRemembers() {
    try (Database own = PostgresForTests.migrated();
        TimescalePartitionStore restored = new TimescalePartitionStore(own, "restored")) {
      Lease before = granted(restored, "one", Optional.empty());
      Stages.await(
          restored.transact(
              before,
              tx -> {
                tx.addSet(agent, set);
                tx.seriesIds(agent, set);
              }));
      own.ask(
          "restoring",
          dsl ->
              dsl.execute(
                  "DELETE FROM series; DELETE FROM series_sets;"
                      + " UPDATE installation SET restore_generation = restore_generation + 1"));

      assertThat(Stages.await(restored.transact(before, tx -> {})))
          .isInstanceOf(Outcome.Fenced.class);
      Lease after = granted(restored, "one", Optional.of(before));
      assertThat(after.token()).isNotEqualTo(before.token());
      Outcome outcome =
          Stages.await(
              restored.transact(
                  after,
                  tx -> {
                    assertThat(tx.knownSet(agent, set.hash())).isEmpty();
                    tx.addSet(agent, set);
                    tx.seriesIds(agent, set);
                  }));

      assertThat(outcome).isEqualTo(new Outcome.Committed());
      assertThat(own.<Integer>ask("counting", dsl -> dsl.fetchCount(DSL.table("series"))))
          .isEqualTo(2);
    }
  }

  @Test
  void transact_wholeBatch_storesEverythingOnce() {
    SignedBatch batch = batch(1, 4);

    Outcome outcome =
        run(tx -> {
          EpochProgress progress = requireNonNull(tx.lockEpochs(List.of(epoch)).get(epoch));
          assertThat(progress).isEqualTo(EpochProgress.start(epoch));
          assertThat(tx.claim(List.of(claim(batch)))).containsExactly(LedgerAnswer.NEW);
          tx.addSet(agent, set);
          tx.addSamples(
              tx.seriesIds(agent, set),
              new Columns.Builder(2, NOW, NOW + 86_400_000)
                  .set(0, 0, 0.5)
                  .set(0, 1, 0.75)
                  .set(1, 0, 1)
                  .build());
          tx.journal(row(batch, 5));
          SeqRanges ranges = progress.committed();
          ranges.add(1);
          ranges.add(5, 9);
          tx.saveProgress(List.of(progress.with(ranges, new Balance(4, 3, 1, 0, 0))));
          assertThat(tx.movePosition(Lane.FRESH, BusPosition.START, at(5))).isTrue();
        });

    assertThat(outcome).isEqualTo(new Outcome.Committed());
    assertThat(
            sql(
                "SELECT name, metric_type, value, extract(epoch FROM time)::bigint FROM"
                    + " metrics_time WHERE agent_id = '%s' ORDER BY 1, 4"))
        .isEqualTo(
            """
            system.cpu.utilization|gauge|0.5|1795000000
            system.cpu.utilization|gauge|0.75|1795086400
            system.network.io|counter|1|1795000000\
            """);
    assertThat(sql("SELECT labels->>'q\"\\' FROM series WHERE agent = '%s' ORDER BY name LIMIT 1"))
        .isEqualTo("ü€😀");
    assertThat(sql("SELECT seq, idx, sequence, body FROM metrics_raw WHERE agent = '%s'"))
        .isEqualTo("1|0|5|\\x010203");
    assertThat(
            sql(
                "SELECT epoch, through, ranges, collected, stored, unaccounted FROM agent_progress"
                    + " JOIN v_balance b USING (agent, epoch, collected, stored) WHERE agent ="
                    + " '%s'"))
        .isEqualTo("-7|1|{5,9}|4|3|0");
    assertThat(store.positions(lease).toCompletableFuture().join())
        .containsEntry(Lane.FRESH, at(5))
        .containsEntry(Lane.BACKLOG, BusPosition.START);
    run(tx ->
        assertThat(requireNonNull(tx.lockEpochs(List.of(epoch)).get(epoch)).above())
            .containsExactly(new SeqRanges.Range(5, 9)));
  }

  @Test
  void claim_knownIds_saysDuplicateOrFork() {
    LedgerClaim first = TestBatches.claim(new BatchId(epoch, 1), hash("a"), 1);
    LedgerClaim second = TestBatches.claim(new BatchId(epoch, 2), hash("b"), 1);
    run(tx -> tx.claim(List.of(first)));

    List<LedgerAnswer> answers = new ArrayList<>();
    run(tx ->
        answers.addAll(
            tx.claim(
                List.of(
                    second,
                    first,
                    second,
                    TestBatches.claim(first.id(), hash("c"), 1),
                    TestBatches.claim(second.id(), hash("c"), 1)))));

    assertThat(answers)
        .containsExactly(
            LedgerAnswer.NEW,
            LedgerAnswer.DUPLICATE,
            LedgerAnswer.DUPLICATE,
            LedgerAnswer.FORK,
            LedgerAnswer.FORK);
  }

  @Test
  void transact_scriptThrows_leavesNothingAndForgetsIds() {
    Outcome outcome =
        run(tx -> {
          tx.claim(List.of(TestBatches.claim(new BatchId(epoch, 1), hash("a"), 1)));
          tx.addSet(agent, set);
          tx.addSamples(tx.seriesIds(agent, set), columns(NOW));
          throw new IllegalArgumentException("cannot read it");
        });

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.RolledBack.class,
            rolled -> assertThat(rolled.kind()).isEqualTo(FailureKind.DATA));
    run(tx -> assertThat(tx.knownSet(agent, set.hash())).isEmpty());
    run(tx -> tx.addSamples(tx.seriesIds(agent, set), columns(NOW)));
    assertThat(sql("SELECT count(*) FROM metrics_time WHERE agent_id = '%s'")).isEqualTo("2");
  }

  @Test
  void movePosition_otherThanExpected_fencesWhateverTheScriptDid() {
    Outcome outcome =
        run(tx -> {
          tx.claim(List.of(TestBatches.claim(new BatchId(epoch, 1), hash("a"), 1)));
          assertThat(tx.movePosition(Lane.FRESH, at(3), at(4))).isFalse();
        });

    assertThat(outcome).isInstanceOf(Outcome.Fenced.class);
    assertThat(sql("SELECT count(*) FROM batch_ledger WHERE agent = '%s'")).isEqualTo("0");
  }

  @Test
  void lease_expiredWhileOwnerIsInATransaction_endsItFirst() throws Exception {
    var inside = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    var former =
        store
            .transact(
                lease,
                tx -> {
                  tx.claim(List.of(TestBatches.claim(new BatchId(epoch, 1), hash("a"), 1)));
                  inside.countDown();
                  await(go);
                })
            .toCompletableFuture();
    inside.await();
    try (TimescalePartitionStore other = new TimescalePartitionStore(database, "two")) {
      assertThat(other.lease(partition, "two", Optional.empty()).toCompletableFuture().join())
          .isEqualTo(new LeaseAnswer.Held("one"));
      sql(
          "SELECT pg_sleep(extract(epoch FROM expires_at - clock_timestamp()) + 0.1) FROM"
              + " partition_leases WHERE partition = "
              + partition);

      Lease taken = granted(other, "two", Optional.empty());
      go.countDown();

      assertThat(
              former
                  .handle((outcome, failure) ->
                      failure != null || !(outcome instanceof Outcome.Committed))
                  .join())
          .isTrue();
      assertThat(run(tx -> {})).isInstanceOf(Outcome.Fenced.class);
      assertThat(other.transact(taken, tx -> {}).toCompletableFuture().join())
          .isEqualTo(new Outcome.Committed());
      assertThat(sql("SELECT count(*) FROM batch_ledger WHERE agent = '%s'")).isEqualTo("0");
    } finally {
      go.countDown();
    }
  }

  @Test
  void lease_releasedOrRenewed_keepsOrHandsOverAtOnce() {
    assertThat(granted(store, "one", Optional.of(lease))).isEqualTo(lease);
    try (TimescalePartitionStore other = new TimescalePartitionStore(database, "two")) {
      store.release(lease).toCompletableFuture().join();

      Lease taken = granted(other, "two", Optional.empty());

      assertThat(taken.token()).isNotEqualTo(lease.token());
      assertThat(store.lease(partition, "one", Optional.of(lease)).toCompletableFuture().join())
          .isEqualTo(new LeaseAnswer.Held("two"));
    }
  }

  @Test
  void losses_knownSeqs_areLeftOutAndTakenOut() {
    run(tx -> {
      tx.claim(List.of(TestBatches.claim(new BatchId(epoch, 2), hash("a"), 10)));
      LossRecord record =
          new LossRecord(List.of(new LossRecord.Entry(1, 3, 30, LossReason.DROPPED)));
      assertThat(tx.addLosses(epoch, record)).isEqualTo(20);
      assertThat(tx.addLosses(epoch, record)).isZero();
      tx.claim(List.of(TestBatches.claim(new BatchId(epoch, 3), hash("b"), 10)));
      assertThat(tx.removeLosses(epoch, List.of(3L))).isEqualTo(10);
      assertThat(tx.removeLosses(epoch, List.of(3L))).isZero();
    });

    assertThat(sql("SELECT counted, samples, reason FROM losses WHERE agent = '%s'"))
        .isEqualTo("10|30|dropped");
  }

  @Test
  void park_untilSetComes_keepsOrderAndLimit() {
    run(tx -> assertThat(tx.park(parked(2))).isTrue());
    run(tx -> assertThat(tx.park(parked(1))).isTrue());

    List<ParkedBatch> released = new ArrayList<>();
    run(tx -> released.addAll(tx.unpark(agent, hash("set"), new Portion(9, 1_000, 1_000))));

    assertThat(released).extracting(one -> one.row().batch().id().seq()).containsExactly(2L, 1L);
    assertThat(released.getFirst().row().batch().contentHash())
        .isEqualTo(batch(2, 4).contentHash());
    run(tx -> assertThat(tx.unpark(agent, hash("set"), new Portion(9, 1_000, 1_000))).isEmpty());
  }

  @Test
  void quarantine_textNobodyCanStore_isKeptReadable() {
    run(tx ->
        tx.quarantine(
            new QuarantineRow(
                Optional.of(new BatchId(epoch, 1)),
                "decode",
                "a\0b\ud800",
                NOW,
                2,
                new byte[] {1})));

    assertThat(sql("SELECT detail, samples, reason FROM quarantine WHERE agent = '%s'"))
        .isEqualTo("a\ufffdb\ufffd|2|decode");
  }

  @Test
  void transact_backendKilled_isCertainlyRolledBackAndTheLeaseEndsWithIt() {
    Outcome outcome =
        run(tx -> {
          tx.claim(List.of(TestBatches.claim(new BatchId(epoch, 1), hash("a"), 1)));
          sql(
              "SELECT pg_terminate_backend(backend_pid) FROM partition_leases WHERE partition = "
                  + partition);
          tx.claim(List.of(TestBatches.claim(new BatchId(epoch, 2), hash("b"), 1)));
        });

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.RolledBack.class,
            rolled -> assertThat(rolled.kind()).isEqualTo(FailureKind.TRANSIENT));
    assertThat(run(tx -> {})).isInstanceOf(Outcome.Fenced.class);
    Lease former = lease;
    lease = granted(store, "one", Optional.of(former));
    assertThat(lease.token()).isNotEqualTo(former.token());
    assertThat(granted(store, "one", Optional.of(lease))).isEqualTo(lease);
    assertThat(run(tx -> tx.claim(List.of(TestBatches.claim(new BatchId(epoch, 2), hash("b"), 1)))))
        .isEqualTo(new Outcome.Committed());
    assertThat(sql("SELECT count(*) FROM batch_ledger WHERE agent = '%s'")).isEqualTo("1");
  }

  @Test
  void transact_afterASlowOne_hasALeaseThatLastsThroughIt() {
    AtomicLong nanos = new AtomicLong();
    TimescalePartitionStore slow = new TimescalePartitionStore(database, "slow", nanos::get);
    Lease own = granted(slow, "one", Optional.empty());
    String lasts =
        "SELECT expires_at > clock_timestamp() + interval '30 s' FROM partition_leases WHERE"
            + " partition = "
            + partition;

    Script first =
        _ -> {
          nanos.addAndGet(7_000_000_000L);
          assertThat(sql(lasts)).isEqualTo("f");
        };
    assertThat(slow.transact(own, first).toCompletableFuture().join())
        .isEqualTo(new Outcome.Committed());
    Script second = _ -> assertThat(sql(lasts)).isEqualTo("t");
    assertThat(slow.transact(own, second).toCompletableFuture().join())
        .isEqualTo(new Outcome.Committed());
    assertThat(granted(slow, "one", Optional.of(own))).isEqualTo(own);
    assertThat(sql(lasts)).isEqualTo("f");
    slow.close();
  }

  @Test
  void changedSince_aCursorAheadOfTheDatabase_countsForNothing() {
    run(tx -> tx.saveProgress(List.copyOf(tx.lockEpochs(List.of(epoch)).values())));
    TimescaleProgressFeed feed = new TimescaleProgressFeed(database);
    String cursor = feed.changedSince(Optional.empty()).toCompletableFuture().join().cursor();
    String ahead = cursor + "0"; // of a primary that did ten times as much before it was lost

    assertThat(feed.changedSince(Optional.of(ahead)).toCompletableFuture().join().words())
        .extracting(word -> word.committed().progress().epoch())
        .contains(epoch);
  }

  private Outcome run(Script script) {
    return store.transact(lease, script).toCompletableFuture().join();
  }

  private Lease granted(TimescalePartitionStore by, String owner, Optional<Lease> held) {
    LeaseAnswer answer = by.lease(partition, owner, held).toCompletableFuture().join();
    assertThat(answer).isInstanceOf(LeaseAnswer.Granted.class);
    return ((LeaseAnswer.Granted) answer).lease();
  }

  private String sql(String query) {
    return PostgresForTests.sql(database, query.formatted(agent.value()));
  }

  private static Columns columns(long time) {
    return new Columns.Builder(2, time).set(0, 0, 1).set(1, 0, 2).build();
  }

  private LedgerClaim claim(SignedBatch batch) {
    return TestBatches.claim(batch.id(), batch.contentHash(), batch.header().samples());
  }

  private ParkedBatch parked(long seq) {
    return new ParkedBatch(hash("set"), NOW, 7, row(batch(seq, 4), seq));
  }

  private static JournalRow row(SignedBatch batch, long sequence) {
    return new JournalRow(Lane.FRESH, at(sequence), 0, 99, NOW, 0, batch);
  }

  private SignedBatch batch(long seq, long samples) {
    byte[] body = {1, 2, 3};
    BatchHeader header =
        new BatchHeader(
            BatchKind.DATA, new BatchId(epoch, seq), 0, samples, NOW, NOW, 0, Sha256.of(body));
    return SignedBatch.of(header.toBytes(), body, new KeyId("k1"), MacTag.of(new byte[32]));
  }

  private static BusPosition at(long sequence) {
    return new BusPosition(1, sequence, NOW + sequence);
  }

  private static Sha256 hash(String text) {
    return Sha256.of(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
