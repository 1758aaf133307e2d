package dev.sentinelj.adapters.timescale;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;

/**
 * The store of one strand: one thread, one connection, caches of its own. Calls queue up behind
 * each other and complete on that thread. Make one per strand.
 */
public final class TimescalePartitionStore implements PartitionStore, AutoCloseable {
  /** A transaction that takes longer may keep a renewal waiting until the lease is over. */
  private static final long SLOW_NANOS = 2_000_000_000L;

  /** After a slow transaction the lease is made to last this long before the next one. */
  static final long SLOW_LEASE_MILLIS = 60_000;

  private final ExecutorService thread;
  private final StrandConnection connection;
  private final Leases leases = new Leases(new SecureRandom());
  private final DayPartitions days;
  private final SeriesCatalog catalog = new SeriesCatalog();
  private final LongSupplier nanoTime;
  private boolean slow;

  /**
   * @param strand names the thread, and the connection in {@code pg_stat_activity}
   */
  public TimescalePartitionStore(Database database, String strand) {
    this(database, strand, System::nanoTime);
  }

  TimescalePartitionStore(Database database, String strand, LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.thread =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("store-" + strand).factory());
    this.connection = new StrandConnection(database, "sentinel " + strand, nanoTime);
    this.days = new DayPartitions(database);
  }

  @Override
  public CompletionStage<LeaseAnswer> lease(int partition, String owner, Optional<Lease> held) {
    return call("taking partition " + partition, sql -> leases.take(sql, partition, owner, held));
  }

  @Override
  public CompletionStage<Void> release(Lease lease) {
    return call(
            "releasing partition " + lease.partition(),
            sql -> {
              leases.release(sql, lease);
              return lease;
            })
        .thenAccept(_ -> {});
  }

  @Override
  public CompletionStage<Map<Lane, BusPosition>> positions(Lease lease) {
    return call(
        "reading the positions of partition " + lease.partition(),
        sql -> Leases.positions(sql, lease.partition()));
  }

  @Override
  public CompletionStage<Map<Lane, LaneState>> begin(Lease lease) {
    return call("beginning on partition " + lease.partition(), sql -> leases.begin(sql, lease));
  }

  @Override
  public CompletionStage<Void> noteTry(Lease lease, Lane lane, BatchTry next) {
    return call(
            "noting a try on partition " + lease.partition(),
            sql -> {
              leases.noteTry(sql, lease, lane, next);
              return lease;
            })
        .thenAccept(_ -> {});
  }

  @Override
  public CompletionStage<Outcome> transact(Lease lease, Script script) {
    return call(
        "a transaction of partition " + lease.partition(), sql -> timed(sql, lease, script));
  }

  @Override
  public CompletionStage<Outcome> repair(int partition, Script script) {
    return call(
        "a repair of partition " + partition, sql -> run(sql, partition, Optional.empty(), script));
  }

  /** Ends after what is under way; a lease that is still held runs out by itself. */
  @Override
  public void close() {
    CompletableFuture<Boolean> closed = new CompletableFuture<>();
    try {
      thread.execute(() -> {
        connection.close();
        closed.complete(true);
      });
    } catch (RejectedExecutionException e) {
      return;
    }
    thread.shutdown();
    closed.join();
  }

  @FunctionalInterface
  private interface Call<T> {
    T on(Connection connection) throws SQLException;
  }

  private <T> CompletionStage<T> call(String doing, Call<T> call) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      thread.execute(() -> Database.complete(answer, () -> onConnection(doing, call)));
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(new PortUnavailableException("the store is closed", e));
    }
    return answer;
  }

  private <T> T onConnection(String doing, Call<T> call) {
    try {
      if (!connection.isOpen()) {
        forget();
        leases.connectionLost();
      }
      return call.on(connection.open());
    } catch (SQLException e) {
      connection.drop();
      throw new PortUnavailableException(doing, e);
    }
  }

  /**
   * What was cached may not be what the next connection finds: it may lead to a restored database.
   */
  private void forget() {
    catalog.clear();
    days.forget();
  }

  /**
   * Renewals queue up behind the transaction. Where the database is so slow that a lease ends
   * before it, two workers would end each other's transactions for ever.
   */
  private Outcome timed(Connection sql, Lease lease, Script script) throws SQLException {
    long begun = nanoTime.getAsLong();
    try {
      if (slow) {
        Leases.extend(sql, lease, SLOW_LEASE_MILLIS);
      }
      return run(sql, lease.partition(), Optional.of(lease), script);
    } finally {
      slow = nanoTime.getAsLong() - begun > SLOW_NANOS;
    }
  }

  /**
   * @param lease empty for a repair, which shows none
   */
  private Outcome run(Connection sql, int partition, Optional<Lease> lease, Script script)
      throws SQLException {
    WorkerTransaction tx =
        new WorkerTransaction(sql, partition, lease.isPresent(), catalog.begin(sql), days);
    boolean decided = false;
    try {
      sql.setAutoCommit(false);
      Optional<Outcome> refused = prepare(sql, tx, lease, script);
      Outcome outcome = refused.isPresent() ? undo(sql, refused.get()) : commit(sql, tx);
      decided = true;
      return outcome;
    } finally {
      if (!decided) {
        connection.drop();
      }
    }
  }

  /** Does everything before COMMIT; an answer says that there is nothing to commit. */
  private Optional<Outcome> prepare(
      Connection sql, WorkerTransaction tx, Optional<Lease> lease, Script script) {
    try {
      if (lease.isPresent() && !leases.holds(sql, lease.get())) {
        return fenced("the lease on partition " + lease.get().partition() + " is gone");
      }
      script.run(tx);
      tx.finish();
      return tx.fenced() ? fenced(tx.fence()) : Optional.empty();
    } catch (SQLException | RuntimeException e) {
      return tx.fenced() ? fenced(tx.fence()) : Optional.of(rolledBack(e));
    } finally {
      tx.end();
    }
  }

  private Optional<Outcome> fenced(String message) {
    forget();
    return Optional.of(new Outcome.Fenced(message));
  }

  private Outcome rolledBack(Throwable failure) {
    if (Failures.noPartition(failure)) {
      days.forget();
    }
    return new Outcome.RolledBack(Failures.kindOf(failure), message(failure));
  }

  private Outcome undo(Connection sql, Outcome outcome) {
    try {
      sql.rollback();
      sql.setAutoCommit(true);
    } catch (SQLException e) {
      // COMMIT was never sent, so what is lost with the connection did not happen.
      connection.drop();
    }
    return outcome;
  }

  private Outcome commit(Connection sql, WorkerTransaction tx) throws SQLException {
    try {
      Failpoint.WORKER_COMMIT_BEFORE.hit();
      sql.commit();
      Failpoint.WORKER_COMMIT_AFTER.hit();
    } catch (SQLException e) {
      if (Failures.certainlyNotCommitted(e)) {
        return undo(sql, rolledBack(e));
      }
      throw e;
    }
    tx.committed();
    sql.setAutoCommit(true);
    return new Outcome.Committed();
  }

  private static String message(Throwable failure) {
    StringBuilder out = new StringBuilder();
    for (Throwable one = failure; one != null; one = one.getCause()) {
      out.append(out.isEmpty() ? "" : ": ").append(one.getMessage());
    }
    return out.toString();
  }
}
