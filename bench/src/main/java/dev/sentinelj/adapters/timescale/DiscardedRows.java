package dev.sentinelj.adapters.timescale;

import dev.sentinelj.core.block.Columns;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/**
 * The real encoders of samples and journal rows over a connection that drops what it is given. It
 * stands in this package because they are open to nobody else.
 */
public final class DiscardedRows {
  private final Connection connection;
  private final SampleBuffer samples;
  private final JournalBuffer journal;
  private long bytes;

  public DiscardedRows() {
    this.connection = connection();
    DayPartitions days = new DayPartitions((_, _) -> {});
    this.samples = new SampleBuffer(connection, days);
    this.journal = new JournalBuffer(connection, days, 0);
  }

  public void addSamples(long[] seriesIds, Columns columns) {
    at(() -> samples.add(seriesIds, columns));
  }

  public void journal(JournalRow row) {
    at(() -> journal.add(row));
  }

  /** What a transaction does last. */
  public void flush() {
    at(() -> {
      samples.flush();
      journal.flush();
    });
  }

  /** Writes the present cells of {@code blocks} as rows and does nothing else: the floor. */
  public void encodeAlone(long[] seriesIds, List<Columns> blocks) {
    at(() -> {
      try (BinaryCopy copy = BinaryCopy.begin(connection, "COPY")) {
        for (Columns columns : blocks) {
          encode(copy, seriesIds, columns);
        }
        copy.end();
      }
    });
  }

  private static void encode(BinaryCopy copy, long[] seriesIds, Columns columns)
      throws SQLException {
    for (int column = 0; column < columns.series(); column++) {
      for (int row = 0; row < columns.rows(); row++) {
        if (columns.present(column, row)) {
          copy.sample(
              Times.postgresMicros(columns.timeMillis(row)),
              seriesIds[column],
              columns.value(column, row));
        }
      }
    }
  }

  /** Bytes that would have gone to the database so far. */
  public long bytes() {
    return bytes;
  }

  @FunctionalInterface
  private interface Action {
    void run() throws SQLException;
  }

  private static void at(Action action) {
    try {
      action.run();
    } catch (SQLException e) {
      throw new IllegalStateException("nothing is connected, so nothing can fail", e);
    }
  }

  /** A connection that knows how to begin a COPY and nothing else. */
  private Connection connection() {
    try {
      CopyManager copies =
          new CopyManager(proxy(BaseConnection.class, (_, _) -> null)) {
            @Override
            public CopyIn copyIn(String sql) {
              return proxy(CopyIn.class, DiscardedRows.this::drop);
            }
          };
      PGConnection driver = proxy(PGConnection.class, (_, _) -> copies);
      return proxy(Connection.class, (_, _) -> driver);
    } catch (SQLException e) {
      throw new IllegalStateException("nothing is connected, so nothing can fail", e);
    }
  }

  private Object drop(String method, Object[] arguments) {
    if (method.equals("writeToCopy")) {
      bytes += (int) arguments[2];
    }
    return method.equals("isActive") ? (Object) false : (Object) 0L;
  }

  @FunctionalInterface
  private interface Answer {
    @Nullable Object to(String method, Object[] arguments);
  }

  private static <T> T proxy(Class<T> type, Answer answer) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, arguments) -> answer.to(method.getName(), arguments)));
  }
}
