package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.adapters.timescale.Database;
import dev.sentinelj.adapters.timescale.Migrations;
import dev.sentinelj.adapters.timescale.TimescaleMetricQueries;
import dev.sentinelj.adapters.timescale.TimescalePartitionStore;
import dev.sentinelj.adapters.timescale.TimescaleQuarantineQueries;
import dev.sentinelj.application.worker.KeptBatches;
import dev.sentinelj.application.worker.WorkerLimits;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.ports.driven.MetricQueries.Latest;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionStore.Outcome;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import dev.sentinelj.ports.driven.QuarantineQueries.Filter;
import dev.sentinelj.ports.driving.QuarantineReplay;
import dev.sentinelj.ports.driving.QuarantineReplay.Answer;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.TestBatches;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays on the real database with the real decoder. */
class QuarantineReplayTest {
  private static final int PARTITIONS = 4;
  private static final Principal EVE = new Principal("eve", Role.OPERATOR);
  private static final ProtobufBatchCodec CODEC = new ProtobufBatchCodec();
  private static final SeriesSet SET = TestBatches.set("late.one", "late.two");

  @TempDir static Path home;

  private static EmbeddedPostgres postgres;
  private static Database database;
  private static TimescalePartitionStore store;
  private static TimescalePartitionStore other;
  private static TimescaleQuarantineQueries queries;
  private static TimescaleMetricQueries metrics;

  private final BatchId id = new BatchId(TestBatches.freshEpoch(), 1);
  private final long now = System.currentTimeMillis();

  @BeforeAll
  static void start() {
    postgres = EmbeddedPostgres.start(home, "a-password");
    database =
        new Database(
            new Database.Access(postgres.jdbcUrl(), EmbeddedPostgres.USER, postgres.password(), 4));
    Migrations.run(database, PARTITIONS, Migrations.Durability.REQUIRED);
    store = new TimescalePartitionStore(database, "repair");
    other = new TimescalePartitionStore(database, "other");
    queries = new TimescaleQuarantineQueries(database);
    metrics = new TimescaleMetricQueries(database);
  }

  @AfterAll
  static void stop() {
    other.close();
    store.close();
    database.close();
    postgres.close();
  }

  @Test
  void replay_ofABatchWhoseSetCameLate_storesItsSamples() {
    long row = keep("no_set");
    assertThat(replay(store, row)).isInstanceOf(Answer.NotYet.class);
    assertThat(balance()).isEqualTo(new Balance(6, 0, 6, 0, 0));

    repair(tx -> tx.addSet(id.agent(), SET));

    assertThat(replay(store, row)).isEqualTo(new Answer.Replayed(id, 6, 0, 0));
    assertThat(balance()).isEqualTo(new Balance(6, 6, 0, 0, 0));
    assertThat(metrics.latest(id.agent(), "late.", 0, 10))
        .extracting(Latest::value)
        .containsExactly(2.0, 1_002.0);
    assertThat(queries.find(row).orElseThrow().entry().replayedBy()).isEqualTo("eve");
    assertThat(replay(store, row)).isInstanceOf(Answer.Before.class);
  }

  @Test
  void replay_byTwoAtOnce_happensOnce() {
    repair(tx -> tx.addSet(id.agent(), SET));
    long row = keep("malformed");

    CompletionStage<Answer> mine = over(store).replay(row, EVE);
    CompletionStage<Answer> yours = over(other).replay(row, EVE);

    assertThat(List.of(Stages.await(mine), Stages.await(yours)))
        .hasAtLeastOneElementOfType(Answer.Replayed.class)
        .hasAtLeastOneElementOfType(Answer.Before.class);
    assertThat(balance()).isEqualTo(new Balance(6, 6, 0, 0, 0));
  }

  private static QuarantineReplay over(PartitionStore which) {
    return new KeptBatches(queries, which, CODEC, PARTITIONS, WorkerLimits.DEFAULT);
  }

  private static Answer replay(PartitionStore which, long row) {
    return Stages.await(over(which).replay(row, EVE));
  }

  private Balance balance() {
    return metrics.balance(id.agent()).getFirst().balance();
  }

  private void repair(PartitionStore.Script script) {
    int partition = FrameAddress.partitionOf(id.agent(), PARTITIONS);
    assertThat(Stages.await(store.repair(partition, script))).isEqualTo(new Outcome.Committed());
  }

  /** What a worker does with a batch that it enters and cannot store. */
  private long keep(String reason) {
    Block block = new Block(SET.hash(), TestBatches.columns(2, 3, now, 10));
    SignedBatch batch = TestBatches.data(CODEC, TestBatches.KEY, id, 0, now, List.of(block));
    EpochId epoch = id.epoch();
    repair(tx -> {
      EpochProgress progress = tx.lockEpochs(List.of(epoch)).values().iterator().next();
      tx.claim(List.of(new LedgerClaim(id, batch.contentHash(), 6, 6, Optional.empty())));
      tx.quarantine(new QuarantineRow(Optional.of(id), reason, "", now, 6, bytes(batch)));
      SeqRanges committed = progress.committed();
      committed.add(id.seq());
      tx.saveProgress(List.of(progress.with(committed, new Balance(6, 0, 6, 0, 0))));
    });
    return queries
        .list(new Filter(Optional.of(id.agent()), Optional.empty(), Long.MAX_VALUE, 1))
        .getFirst()
        .id();
  }

  private static byte[] bytes(SignedBatch batch) {
    WireWriter out = new WireWriter(1_000);
    batch.writeTo(out);
    return out.toBytes();
  }
}
