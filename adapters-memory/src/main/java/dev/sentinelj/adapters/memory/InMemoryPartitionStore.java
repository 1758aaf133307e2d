package dev.sentinelj.adapters.memory;

import dev.sentinelj.adapters.memory.FaultPlan.Fault;
import dev.sentinelj.adapters.memory.Rows.Begun;
import dev.sentinelj.adapters.memory.Rows.LeaseRow;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * {@link PartitionStore} over an {@link InMemoryDatabase}; a call is one task, its answer another.
 */
public final class InMemoryPartitionStore implements PartitionStore {
  private static final String RELEASED = "";

  private final InMemoryDatabase database;
  private final Executor executor;
  private final RandomGenerator random;

  /**
   * @param executor runs calls with their scripts, and delivers answers; {@code Runnable::run} does
   *     so at once
   * @param random draws fencing tokens; it must be safe for as many threads as {@code executor} has
   */
  public InMemoryPartitionStore(
      InMemoryDatabase database, Executor executor, RandomGenerator random) {
    this.database = database;
    this.executor = executor;
    this.random = random;
  }

  @Override
  public CompletionStage<LeaseAnswer> lease(int partition, String owner, Optional<Lease> held) {
    return database.later(executor, "lease", () -> leaseNow(partition, owner, held));
  }

  @Override
  public CompletionStage<Void> release(Lease lease) {
    return database.later(
        executor,
        "release",
        () -> {
          if (owns(lease)) {
            database.leases.put(lease.partition(), new LeaseRow(RELEASED, lease.token(), 0));
          }
        });
  }

  @Override
  public CompletionStage<Map<Lane, BusPosition>> positions(Lease lease) {
    return database.later(executor, "positions", () -> positionsOf(lease.partition()));
  }

  @Override
  public CompletionStage<Map<Lane, LaneState>> begin(Lease lease) {
    return database.later(executor, "begin", () -> beginNow(lease));
  }

  @Override
  public CompletionStage<Void> noteTry(Lease lease, Lane lane, BatchTry next) {
    return database.later(
        executor,
        "noteTry",
        () -> {
          checkOwned(lease);
          FrameAddress address = new FrameAddress(lease.partition(), lane);
          int times = begunOf(address).times();
          database.begun.rows().put(address, new Begun(times, Optional.of(next)));
        });
  }

  @Override
  public CompletionStage<Outcome> transact(Lease lease, Script script) {
    return database.laterKnowing(executor, "transact", fault -> run(lease, script, fault));
  }

  @Override
  public CompletionStage<Outcome> repair(int partition, Script script) {
    return database.laterKnowing(
        executor,
        "repair",
        fault ->
            run(new InMemoryTransaction(database, partition, false), partition, script, fault));
  }

  private Map<Lane, LaneState> beginNow(Lease lease) {
    checkOwned(lease);
    Map<Lane, LaneState> states = new EnumMap<>(Lane.class);
    positionsOf(lease.partition())
        .forEach((lane, position) -> {
          FrameAddress address = new FrameAddress(lease.partition(), lane);
          Begun before = begunOf(address);
          Begun now = new Begun(before.times() + 1, before.last());
          database.begun.rows().put(address, now);
          states.put(lane, new LaneState(position, now.times(), now.last()));
        });
    return states;
  }

  private Begun begunOf(FrameAddress address) {
    return database.begun.rows().getOrDefault(address, Begun.NEVER);
  }

  private void checkOwned(Lease lease) {
    if (!owns(lease)) {
      throw new PortUnavailableException("the lease on " + lease.partition() + " is gone");
    }
  }

  private LeaseAnswer leaseNow(int partition, String owner, Optional<Lease> held) {
    new FrameAddress(partition, Lane.FRESH);
    LeaseRow row = database.leases.getOrDefault(partition, new LeaseRow(RELEASED, 0, 0));
    boolean own = row.owner().equals(owner);
    if (!own && database.nowMillis() < row.expiresMillis()) {
      return new LeaseAnswer.Held(row.owner());
    }
    boolean renews = own && held.isPresent() && held.get().token() == row.token();
    long token = renews ? row.token() : tokenOtherThan(row.token());
    database.leases.put(partition, new LeaseRow(owner, token, database.nowMillis() + LEASE_MILLIS));
    return new LeaseAnswer.Granted(new Lease(partition, owner, token));
  }

  private long tokenOtherThan(long former) {
    long token = random.nextLong();
    return token == former || token == 0 ? former + 1 : token;
  }

  private boolean owns(Lease lease) {
    LeaseRow row = database.leases.get(lease.partition());
    return row != null && row.owner().equals(lease.owner()) && row.token() == lease.token();
  }

  private Map<Lane, BusPosition> positionsOf(int partition) {
    Map<Lane, BusPosition> positions = new EnumMap<>(Lane.class);
    for (Lane lane : Lane.values()) {
      positions.put(
          lane,
          database
              .positions
              .rows()
              .getOrDefault(new FrameAddress(partition, lane), BusPosition.START));
    }
    return positions;
  }

  /** The lock is held from here to the end, so nobody can take the lease in between. */
  private Outcome run(Lease lease, Script script, Fault fault) {
    if (!owns(lease)) {
      return new Outcome.Fenced("the lease on partition " + lease.partition() + " is gone");
    }
    InMemoryTransaction transaction = new InMemoryTransaction(database, lease.partition(), true);
    return run(transaction, lease.partition(), script, fault);
  }

  private static Outcome run(
      InMemoryTransaction transaction, int partition, Script script, Fault fault) {
    try {
      script.run(transaction);
    } catch (RuntimeException e) {
      return transaction.fenced() ? missedPosition(partition) : rolledBack(e);
    } finally {
      transaction.end();
    }
    if (transaction.fenced()) {
      return missedPosition(partition);
    }
    return end(transaction, fault);
  }

  private static Outcome end(InMemoryTransaction transaction, Fault fault) {
    return switch (fault) {
      case DURING -> throw InMemoryDatabase.unavailable("commit");
      case ROLLBACK -> new Outcome.RolledBack(FailureKind.TRANSIENT, "a fault was asked for");
      case NONE, BEFORE, AFTER -> {
        transaction.commit();
        yield new Outcome.Committed();
      }
    };
  }

  private static Outcome missedPosition(int partition) {
    return new Outcome.Fenced("a position of partition " + partition + " was not the expected one");
  }

  private static Outcome rolledBack(RuntimeException cause) {
    FailureKind kind =
        switch (cause) {
          case MalformedException _, IllegalArgumentException _ -> FailureKind.DATA;
          case PortUnavailableException _ -> FailureKind.TRANSIENT;
          default -> FailureKind.SCRIPT;
        };
    return new Outcome.RolledBack(kind, String.valueOf(cause.getMessage()));
  }
}
