package dev.sentinelj.bench;

import java.nio.ByteBuffer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * The floor under {@code embedded}: nothing but binary COPY of as many rows, in transactions of the
 * same size and in the same order (series, then time), over as many connections as there are
 * strands, into a table with the columns and the index of {@code samples} in the same PostgreSQL.
 */
final class CopyFloor {
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int ROW_BYTES = 2 + 3 * (4 + 8);
  private static final long MICROS = 1_000;

  private final UpDatabase database;
  private final LoadOptions options;
  private final int connections;

  CopyFloor(UpDatabase database, LoadOptions options, int connections) {
    this.database = database;
    this.options = options;
    this.connections = connections;
  }

  /**
   * @return seconds it took
   */
  double copy(long rows, long rowsPerTransaction)
      throws SQLException, InterruptedException, ExecutionException {
    try (Connection connection = database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS bench_samples");
      statement.execute(
          "CREATE TABLE bench_samples (time timestamptz NOT NULL, series_id bigint NOT NULL,"
              + " value double precision NOT NULL)");
      statement.execute("CREATE INDEX ON bench_samples (series_id, time)");
      statement.execute("CHECKPOINT");
    }
    int batches = Math.toIntExact(Math.max(1, rowsPerTransaction / options.samplesPerBatch()));
    long transactions = Math.max(connections, rows / rowsPerTransaction);
    long start = System.nanoTime();
    try (ExecutorService writers = Executors.newFixedThreadPool(connections)) {
      List<Future<?>> done = new ArrayList<>();
      for (int writer = 0; writer < connections; writer++) {
        int number = writer;
        done.add(
            writers.submit(() -> {
              write(number, transactions / connections, batches);
              return null;
            }));
      }
      for (Future<?> one : done) {
        one.get();
      }
    }
    return (System.nanoTime() - start) / 1e9;
  }

  /** Each writer has its share of the agents and goes round them, as a strand does. */
  private void write(int writer, long transactions, int batches) throws SQLException {
    int share = Math.max(1, options.agents() / connections);
    int agents = Math.min(share, batches);
    int rows = options.rows() * batches / agents; // of one series, next to each other
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      for (long transaction = 0; transaction < transactions; transaction++) {
        Rows out = new Rows(connection);
        for (int i = 0; i < agents; i++) {
          long turn = transaction * agents + i;
          agent(out, (long) writer * share + turn % share, turn / share * rows, rows);
        }
        out.end();
        connection.commit();
      }
    }
  }

  private void agent(Rows out, long agent, long fromSecond, int rows) throws SQLException {
    for (int series = 0; series < options.series(); series++) {
      long id = agent * options.series() + series;
      for (long second = fromSecond; second < fromSecond + rows; second++) {
        out.row(second * 1_000 * MICROS, id, id + second / 100.0);
      }
    }
  }

  /** One COPY in the binary format of PostgreSQL. */
  private static final class Rows {
    private final CopyIn copy;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);

    Rows(Connection connection) throws SQLException {
      copy =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyIn("COPY bench_samples FROM STDIN (FORMAT binary)");
      buffer.put(SIGNATURE);
    }

    void row(long micros, long series, double value) throws SQLException {
      room();
      buffer.putShort((short) 3).putInt(8).putLong(micros);
      buffer.putInt(8).putLong(series).putInt(8).putDouble(value);
    }

    void end() throws SQLException {
      room();
      buffer.putShort((short) -1);
      flush();
      copy.endCopy();
    }

    private void room() throws SQLException {
      if (buffer.remaining() < ROW_BYTES) {
        flush();
      }
    }

    private void flush() throws SQLException {
      copy.writeToCopy(buffer.array(), 0, buffer.position());
      buffer.clear();
    }
  }
}
