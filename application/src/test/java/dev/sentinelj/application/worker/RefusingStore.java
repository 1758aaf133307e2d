package dev.sentinelj.application.worker;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionTransaction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A store that cannot store one value, as a constraint of the database would have it. */
final class RefusingStore implements PartitionStore {
  private final PartitionStore store;
  private final double refused;

  RefusingStore(PartitionStore store, double refused) {
    this.store = store;
    this.refused = refused;
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
  public CompletionStage<Outcome> transact(Lease lease, Script script) {
    return store.transact(lease, tx -> script.run(refusing(tx)));
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
                throw new IllegalArgumentException("value " + refused + " violates a constraint");
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
