package dev.sentinelj.application.worker;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionTransaction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store to which one value does something bad. */
final class RefusingStore implements PartitionStore {
  private final PartitionStore store;
  private final double refused;
  private final Reaction reaction;
  private int met;

  /** What becomes of a transaction that adds the value. */
  enum Reaction {
    /** A constraint of the database is violated. */
    CONSTRAINT,
    /** The worker's own code fails. */
    FAULT,
    /** The process dies: whoever asked never hears an answer. */
    DEATH,
    /** The database goes away in the middle. */
    OUTAGE,
    /** The database goes away and nobody knows what it did before. */
    SILENCE,
    /** Another worker took the partition meanwhile, or its position moved. */
    FENCE
  }

  RefusingStore(PartitionStore store, double refused) {
    this(store, refused, Reaction.CONSTRAINT);
  }

  RefusingStore(PartitionStore store, double refused, Reaction reaction) {
    this.store = store;
    this.refused = refused;
    this.reaction = reaction;
  }

  /** How often the value was met. */
  int met() {
    return met;
  }

  private static final class Death extends Error {
    private static final long serialVersionUID = 1L;
  }

  private void react() {
    met++;
    switch (reaction) {
      case CONSTRAINT ->
          throw new IllegalArgumentException("value " + refused + " violates a constraint");
      case FAULT, FENCE -> throw new IllegalStateException("a fault of ours at " + refused);
      case DEATH, SILENCE -> throw new Death();
      case OUTAGE -> throw new PortUnavailableException("the database is away");
    }
  }

  @Override
  public CompletionStage<LeaseAnswer> lease(int partition, String owner, Optional<Lease> held) {
    return store.lease(partition, owner, held);
  }

  @Override
  public CompletionStage<Void> release(Lease lease) {
    return store.release(lease);
  }

  @Override
  public CompletionStage<Map<Lane, BusPosition>> positions(Lease lease) {
    return store.positions(lease);
  }

  @Override
  public CompletionStage<Map<Lane, LaneState>> begin(Lease lease) {
    return store.begin(lease);
  }

  @Override
  public CompletionStage<Void> noteTry(Lease lease, Lane lane, BatchTry next) {
    return store.noteTry(lease, lane, next);
  }

  @Override
  public CompletionStage<Outcome> transact(Lease lease, Script script) {
    int before = met;
    CompletionStage<Outcome> outcome = store.transact(lease, tx -> script.run(refusing(tx)));
    if (met == before) {
      return outcome;
    }
    return switch (reaction) {
      case DEATH -> new CompletableFuture<>();
      case SILENCE -> CompletableFuture.failedFuture(new PortUnavailableException("no answer"));
      case FENCE -> outcome.thenApply(_ -> new Outcome.Fenced("another worker has it"));
      case CONSTRAINT, FAULT, OUTAGE -> outcome;
    };
  }

  @Override
  public CompletionStage<Outcome> repair(int partition, Script script) {
    return store.repair(partition, tx -> script.run(refusing(tx)));
  }

  private PartitionTransaction refusing(PartitionTransaction tx) {
    return (PartitionTransaction)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {PartitionTransaction.class},
            (_, method, arguments) -> {
              if (method.getName().equals("addSamples") && has((Columns) arguments[1])) {
                react();
              }
              try {
                return method.invoke(tx, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private boolean has(Columns columns) {
    for (int column = 0; column < columns.series(); column++) {
      for (int row = 0; row < columns.rows(); row++) {
        if (columns.present(column, row) && columns.value(column, row) == refused) {
          return true;
        }
      }
    }
    return false;
  }
}
