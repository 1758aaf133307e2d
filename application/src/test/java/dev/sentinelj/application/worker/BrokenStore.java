package dev.sentinelj.application.worker;

import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionStore.Script;
import dev.sentinelj.ports.driven.PartitionTransaction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A store whose transactions are watched, and fail at some of their statements. */
final class BrokenStore {
  private BrokenStore() {}

  /**
   * @param broken names of methods of {@link PartitionTransaction}
   */
  static PartitionStore of(PartitionStore store, List<String> broken) {
    return before(
        store,
        name -> {
          if (broken.contains(name)) {
            throw new IllegalStateException(name + " is broken");
          }
        });
  }

  /**
   * A store that works.
   *
   * @param called names of methods that were called
   */
  static PartitionStore noting(PartitionStore store, Set<String> called) {
    return before(store, called::add);
  }

  private static PartitionStore before(PartitionStore store, Consumer<String> statement) {
    return proxy(
        PartitionStore.class,
        store,
        (name, arguments) -> {
          if (name.equals("transact")) {
            Script script = (Script) arguments[1];
            arguments[1] = (Script) tx -> script.run(before(tx, statement));
          }
        });
  }

  private static PartitionTransaction before(PartitionTransaction tx, Consumer<String> statement) {
    return proxy(PartitionTransaction.class, tx, (name, _) -> statement.accept(name));
  }

  @FunctionalInterface
  private interface Before {
    void call(String name, Object[] arguments);
  }

  private static <T> T proxy(Class<T> type, T behind, Before before) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> {
              before.call(method.getName(), arguments);
              try {
                return method.invoke(behind, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
