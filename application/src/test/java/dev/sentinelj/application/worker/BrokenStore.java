package dev.sentinelj.application.worker;

import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionStore.Script;
import dev.sentinelj.ports.driven.PartitionTransaction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;

/** A store whose transactions fail at some of their statements. */
final class BrokenStore {
  private BrokenStore() {}

  /**
   * @param broken names of methods of {@link PartitionTransaction}
   */
  static PartitionStore of(PartitionStore store, List<String> broken) {
    return proxy(
        PartitionStore.class,
        store,
        (name, arguments) -> {
          if (name.equals("transact")) {
            Script script = (Script) arguments[1];
            arguments[1] = (Script) tx -> script.run(broken(tx, broken));
          }
        });
  }

  private static PartitionTransaction broken(PartitionTransaction tx, List<String> broken) {
    return proxy(
        PartitionTransaction.class,
        tx,
        (name, _) -> {
          if (broken.contains(name)) {
            throw new IllegalStateException(name + " is broken");
          }
        });
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
