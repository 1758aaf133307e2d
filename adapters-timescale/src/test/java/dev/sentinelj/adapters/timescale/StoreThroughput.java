package dev.sentinelj.adapters.timescale;

import static java.util.Objects.requireNonNull;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
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
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.PartitionStore.LeaseAnswer;
import dev.sentinelj.ports.driven.PartitionStore.Outcome;
import dev.sentinelj.ports.driven.PartitionTransaction;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerAnswer;
import dev.sentinelj.testkit.TestBatches;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Measures whole worker transactions of one strand (ledger, sets, samples, journal, progress,
 * position) against a bare binary COPY of as many rows in transactions of the same size into a
 * table with the same index, on one durable server, by turns. Run by hand; arguments: batches per
 * transaction, rounds.
 */
final class StoreThroughput {
  private static final int AGENTS = 1_000;
  private static final int SERIES = 100;
  private static final int BODY_BYTES = 400;
  private static final long START = 1_795_000_000_000L;

  private final Database database;
  private final TimescalePartitionStore store;
  private final Lease lease;
  private final int perTransaction;
  private final List<EpochId> epochs = new ArrayList<>();
  private final List<SeriesSet> sets = new ArrayList<>();
  private BusPosition position = BusPosition.START;

  private StoreThroughput(Database database, int perTransaction) {
    this.database = database;
    this.perTransaction = perTransaction;
    this.store = new TimescalePartitionStore(database, "bench");
    this.lease =
        ((LeaseAnswer.Granted)
                store.lease(0, "bench", Optional.empty()).toCompletableFuture().join())
            .lease();
    for (int agent = 0; agent < AGENTS; agent++) {
      epochs.add(new EpochId(new AgentId("agent-" + agent), agent));
      sets.add(set(agent));
    }
  }

  public static void main(String[] args) throws IOException, SQLException {
    PrintStream out = System.out;
    int perTransaction = Integer.parseInt(args[0]);
    int rounds = Integer.parseInt(args[1]);
    try (EmbeddedPostgres postgres = durable();
        Database database =
            new Database(
                new Database.Access(
                    postgres.getJdbcUrl("postgres", "postgres"), "postgres", "", 2))) {
      Migrations.run(database, 4, Migrations.Durability.REQUIRED);
      StoreThroughput bench = new StoreThroughput(database, perTransaction);
      bench.createBare();
      bench.round(0);
      bench.bare(0);
      long store = 0;
      long bare = 0;
      for (int round = 1; round <= rounds; round++) {
        store += bench.round(round);
        bare += bench.bare(round);
      }
      double rows = (double) rounds * AGENTS * SERIES;
      out.printf(
          "%d batches of %d samples per transaction: store %.0f rows/s, bare COPY %.0f rows/s, ratio %.2f%n",
          perTransaction, SERIES, rows * 1e9 / store, rows * 1e9 / bare, (double) bare / store);
      bench.store.close();
    }
  }

  private static EmbeddedPostgres durable() throws IOException {
    return EmbeddedPostgres.builder()
        .setServerConfig("fsync", "on")
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("full_page_writes", "on")
        .setServerConfig("max_wal_size", "4GB")
        .setServerConfig("shared_buffers", "512MB")
        .start();
  }

  /** Nanoseconds for one batch of each agent. */
  private long round(int round) {
    long spent = 0;
    for (int from = 0; from < AGENTS; from += perTransaction) {
      List<SignedBatch> batches = batches(round, from);
      BusPosition to = new BusPosition(1, position.sequence() + 1, START + round * 10_000L);
      long start = System.nanoTime();
      Outcome outcome =
          store.transact(lease, tx -> process(tx, batches, to, round)).toCompletableFuture().join();
      spent += System.nanoTime() - start;
      if (!outcome.equals(new Outcome.Committed())) {
        throw new IllegalStateException(outcome.toString());
      }
      position = to;
    }
    return spent;
  }

  private void process(
      PartitionTransaction tx, List<SignedBatch> batches, BusPosition to, int round) {
    Map<EpochId, EpochProgress> locked =
        tx.lockEpochs(batches.stream().map(batch -> batch.id().epoch()).toList());
    List<LedgerAnswer> answers =
        tx.claim(
            batches.stream()
                .map(batch -> TestBatches.claim(batch.id(), batch.contentHash(), SERIES))
                .toList());
    List<EpochProgress> saved = new ArrayList<>();
    for (int i = 0; i < batches.size(); i++) {
      SignedBatch batch = batches.get(i);
      if (answers.get(i) != LedgerAnswer.NEW) {
        throw new IllegalStateException("not new: " + batch.id());
      }
      EpochId epoch = batch.id().epoch();
      SeriesSet set = sets.get((int) epoch.epoch());
      if (tx.knownSet(epoch.agent(), set.hash()).isEmpty()) {
        tx.addSet(epoch.agent(), set);
      }
      tx.addSamples(tx.seriesIds(epoch.agent(), set), columns(round));
      tx.journal(new JournalRow(Lane.FRESH, to, i, i, START, 0, batch));
      EpochProgress progress = requireNonNull(locked.get(epoch));
      SeqRanges ranges = progress.committed();
      ranges.add(batch.id().seq());
      saved.add(progress.with(ranges, progress.balance().plus(new Balance(0, SERIES, 0, 0, 0))));
    }
    tx.saveProgress(saved);
    tx.movePosition(Lane.FRESH, position, to);
  }

  private List<SignedBatch> batches(int round, int from) {
    List<SignedBatch> batches = new ArrayList<>();
    for (int i = from; i < Math.min(AGENTS, from + perTransaction); i++) {
      byte[] body = new byte[BODY_BYTES];
      long time = START + round * 10_000L;
      BatchHeader header =
          new BatchHeader(
              BatchKind.DATA,
              new BatchId(epochs.get(i), round + 1L),
              0,
              SERIES,
              time,
              time,
              0,
              Sha256.of(body));
      batches.add(SignedBatch.of(header.toBytes(), body, new KeyId("k"), MacTag.of(new byte[32])));
    }
    return batches;
  }

  private static Columns columns(int round) {
    Columns.Builder columns = new Columns.Builder(SERIES, START + round * 10_000L);
    for (int i = 0; i < SERIES; i++) {
      columns.set(i, 0, round + i / 100.0);
    }
    return columns.build();
  }

  private static SeriesSet set(int agent) {
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < SERIES; i++) {
      series.add(
          Series.gauge("system.metric." + i % 20, "1", Map.of("host", "h" + agent, "n", "" + i)));
    }
    return SeriesSet.of(series);
  }

  private void createBare() throws SQLException {
    try (Connection connection = database.connect("bare");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE bare (time timestamptz NOT NULL, series_id bigint NOT NULL, value float8)");
      statement.execute("CREATE INDEX ON bare (series_id, time)");
    }
  }

  private long bare(int round) throws SQLException {
    long micros = Times.postgresMicros(START + round * 10_000L);
    try (Connection connection = database.connect("bare")) {
      connection.setAutoCommit(false);
      long start = System.nanoTime();
      for (int from = 0; from < AGENTS; from += perTransaction) {
        try (BinaryCopy copy =
            BinaryCopy.begin(connection, "COPY bare FROM STDIN (FORMAT binary)")) {
          for (int id = from * SERIES;
              id < Math.min(AGENTS, from + perTransaction) * SERIES;
              id++) {
            copy.sample(micros, id, round);
          }
          copy.end();
        }
        connection.commit();
      }
      return System.nanoTime() - start;
    }
  }
}
