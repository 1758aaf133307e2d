package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.ports.driven.BatchLog;
import java.lang.reflect.Proxy;
import java.util.concurrent.CompletableFuture;

/** A log that has room for what is carried over only. */
final class FullLog {
  private static final int MOST = 1_000;

  private final BatchLog log;
  private int refused;

  FullLog(BatchLog log) {
    this.log = log;
  }

  int refused() {
    return refused;
  }

  BatchLog log() {
    return over((batch, append) -> isNew(batch) ? refuse() : append.now());
  }

  /** The same log, whose appends end with {@code fault}. */
  BatchLog throwing(RuntimeException fault) {
    return over((_, _) -> {
      throw fault;
    });
  }

  private interface Append {
    Object now() throws ReflectiveOperationException;
  }

  private interface Appending {
    Object append(SignedBatch batch, Append append) throws ReflectiveOperationException;
  }

  private BatchLog over(Appending appending) {
    return (BatchLog)
        Proxy.newProxyInstance(
            BatchLog.class.getClassLoader(),
            new Class<?>[] {BatchLog.class},
            (_, method, arguments) ->
                method.getName().equals("append")
                    ? appending.append(
                        (SignedBatch) arguments[0], () -> method.invoke(log, arguments))
                    : method.invoke(log, arguments));
  }

  private static boolean isNew(SignedBatch batch) {
    return batch.header().kind() == BatchKind.DATA || batch.header().kind() == BatchKind.LOSS;
  }

  private Object refuse() {
    if (++refused > MOST) {
      throw new AssertionError("tried in a loop");
    }
    return CompletableFuture.failedStage(new BatchLog.LogFullException("full"));
  }
}
