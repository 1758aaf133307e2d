package dev.sentinelj.bench;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The whole chain through {@code sentinel up}: simulated agents enrol, sign batches and stream them
 * as fast as they are committed; counted is what the database holds.
 */
final class EmbeddedBench {
  private static final int USAGE = 2;
  private static final int REPORT_SECONDS = 5;
  private static final int DRAIN_SECONDS = 60;

  /** How many strands a worker of {@code sentinel up} has at most. */
  private static final int MAX_STRANDS = 4;

  private final LoadOptions options;
  private final Up up;
  private final UpDatabase database;
  private final Load load;
  private final Connection connection;

  /** What is counted, at one moment; processor seconds by process. */
  private record Moment(
      long nanos, long stored, double jvmCpu, double postgresCpu, double generatorCpu) {
    double seconds(Moment before) {
      return (nanos - before.nanos) / 1e9;
    }

    long samples(Moment before) {
      return stored - before.stored;
    }
  }

  private EmbeddedBench(
      LoadOptions options, Up up, UpDatabase database, Load load, Connection connection) {
    this.options = options;
    this.up = up;
    this.database = database;
    this.load = load;
    this.connection = connection;
  }

  public static void main(String[] args) throws Exception {
    LoadOptions options;
    try {
      options = LoadOptions.parse(args);
    } catch (IllegalArgumentException e) { // a number that is none has a message too
      System.err.println("bench: embedded: " + e.getMessage());
      System.exit(USAGE);
      return;
    }
    Path parent = Trees.temporary();
    try (Up up = Up.start(parent.resolve("home"))) {
      UpDatabase database = UpDatabase.of(up.home());
      try (Connection connection = database.connect();
          Load load = Load.enrol(up, options)) {
        new EmbeddedBench(options, up, database, load, connection).run();
      }
    } finally {
      Trees.delete(parent);
    }
  }

  private void run() throws SQLException, InterruptedException, ExecutionException {
    System.out.printf(
        "%d agents x %d series, %d rows a batch, %d batches of an agent under way; up is process %d%n",
        options.agents(), options.series(), options.rows(), options.window(), up.process().pid());
    load.start();
    watch(options.warmup(), "warm-up");
    Moment before = moment();
    watch(options.seconds(), "measured");
    Moment after = moment();
    long transactions = UpDatabase.transactions(connection, options.seconds());
    String loadAverage = Machine.loadAverage();
    load.stopMaking();
    boolean complete = drained();
    report(before, after, transactions, complete);
    floor(before, after, Math.max(1, transactions));
    System.out.println("load average while measuring " + loadAverage);
  }

  private void watch(int seconds, String phase) throws SQLException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < end) {
      Moment from = moment();
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      TimeUnit.MILLISECONDS.sleep(Math.min(left, TimeUnit.SECONDS.toMillis(REPORT_SECONDS)) + 1);
      Moment to = moment();
      System.out.printf(
          Locale.ROOT,
          "  %s: %,.0f samples/s committed, %d batches sent again so far%n",
          phase,
          to.samples(from) / to.seconds(from),
          load.retries());
    }
  }

  private Moment moment() throws SQLException {
    return new Moment(
        System.nanoTime(),
        UpDatabase.stored(connection),
        CpuTime.of(up.process().pid()),
        CpuTime.ofFamily(database.server()),
        CpuTime.of(ProcessHandle.current().pid()));
  }

  /** Whether the server, within a minute, calls committed all that was ever made. */
  private boolean drained() throws InterruptedException {
    for (int second = 0; second < DRAIN_SECONDS; second++) {
      if (load.committedSamples() == load.samples()) {
        return true;
      }
      TimeUnit.SECONDS.sleep(1);
    }
    return false;
  }

  private void report(Moment before, Moment after, long transactions, boolean complete) {
    double millions = after.samples(before) / 1e6;
    double jvm = (after.jvmCpu - before.jvmCpu) / millions;
    double postgres = (after.postgresCpu - before.postgresCpu) / millions;
    double generator = (after.generatorCpu - before.generatorCpu) / millions;
    Machine.print();
    System.out.printf(
        Locale.ROOT,
        "embedded  %,.0f samples/s committed over %.0f s, %,d samples in %,d transactions; "
            + "afterwards all %,d made were committed: %s%n",
        after.samples(before) / after.seconds(before),
        after.seconds(before),
        after.samples(before),
        transactions,
        load.samples(),
        complete ? "yes" : "NO");
    System.out.printf(
        Locale.ROOT,
        "  CPU s per million samples: up %.2f + PostgreSQL %.2f = %.2f; generator %.2f beside it%n",
        jvm,
        postgres,
        jvm + postgres,
        generator);
  }

  private void floor(Moment before, Moment after, long transactions)
      throws SQLException, InterruptedException, ExecutionException {
    int strands = Math.min(Runtime.getRuntime().availableProcessors(), MAX_STRANDS);
    long rows = after.samples(before);
    double cpuBefore = CpuTime.ofFamily(database.server());
    double seconds =
        new CopyFloor(database, options, strands).copy(rows, Math.max(1, rows / transactions));
    long copied = UpDatabase.number(connection, "SELECT count(*) FROM bench_samples");
    double cpu = CpuTime.ofFamily(database.server()) - cpuBefore;
    double rate = after.samples(before) / after.seconds(before);
    System.out.printf(
        Locale.ROOT,
        "  floor: bare COPY of %,d rows, %,d a transaction, %d connections: %,.0f rows/s, "
            + "%.2f CPU s of PostgreSQL per million; ratio %.2f%n",
        copied,
        rows / transactions,
        strands,
        copied / seconds,
        cpu / (copied / 1e6),
        rate / (copied / seconds));
  }
}
