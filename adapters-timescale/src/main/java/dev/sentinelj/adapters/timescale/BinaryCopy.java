package dev.sentinelj.adapters.timescale;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * Writes rows in PostgreSQL's binary COPY format (PostgreSQL documentation, COPY, "Binary Format"):
 * a signature, per row a 16-bit count of fields, per field a 32-bit length and the value as the
 * type's send function writes it, and -1 at the end. Values go straight into the buffer that is
 * handed to the driver.
 */
final class BinaryCopy implements AutoCloseable {
  private static final byte[] SIGNATURE = {
    'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0, 0, 0, 0, 0, 0, 0, 0, 0
  };

  /** How much is handed to the driver at a time. */
  private static final int BUFFER_BYTES = 1 << 16;

  private static final int SAMPLE_BYTES = 2 + 3 * (4 + 8);

  private final CopyIn copy;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
  private boolean ended;

  private BinaryCopy(CopyIn copy) {
    this.copy = copy;
    buffer.put(SIGNATURE);
  }

  /**
   * @param statement {@code COPY … FROM STDIN (FORMAT binary)}, a constant
   */
  static BinaryCopy begin(Connection connection, String statement) throws SQLException {
    return new BinaryCopy(connection.unwrap(PGConnection.class).getCopyAPI().copyIn(statement));
  }

  BinaryCopy row(int fields) throws SQLException {
    room(2);
    buffer.putShort((short) fields);
    return this;
  }

  BinaryCopy int2(int value) throws SQLException {
    room(6);
    buffer.putInt(2).putShort((short) value);
    return this;
  }

  BinaryCopy int4(int value) throws SQLException {
    room(8);
    buffer.putInt(4).putInt(value);
    return this;
  }

  BinaryCopy int8(long value) throws SQLException {
    room(12);
    buffer.putInt(8).putLong(value);
    return this;
  }

  /** A timestamptz. */
  BinaryCopy time(long millis) throws SQLException {
    return int8(Times.postgresMicros(millis));
  }

  BinaryCopy text(String value) throws SQLException {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** A bytea, or a text in UTF-8. */
  BinaryCopy bytes(byte[] value) throws SQLException {
    room(4);
    buffer.putInt(value.length);
    if (value.length <= buffer.remaining()) {
      buffer.put(value);
    } else {
      flush();
      copy.writeToCopy(value, 0, value.length);
    }
    return this;
  }

  /** A whole row of {@code samples}: timestamptz, int8, float8. */
  void sample(long micros, long seriesId, double value) throws SQLException {
    room(SAMPLE_BYTES);
    buffer.putShort((short) 3);
    buffer.putInt(8).putLong(micros);
    buffer.putInt(8).putLong(seriesId);
    buffer.putInt(8).putDouble(value);
  }

  void end() throws SQLException {
    room(2);
    buffer.putShort((short) -1);
    flush();
    copy.endCopy();
    ended = true;
  }

  /** Takes back what was not ended. */
  @Override
  public void close() throws SQLException {
    if (!ended && copy.isActive()) {
      copy.cancelCopy();
    }
  }

  private void room(int bytes) throws SQLException {
    if (buffer.remaining() < bytes) {
      flush();
    }
  }

  private void flush() throws SQLException {
    copy.writeToCopy(buffer.array(), 0, buffer.position());
    buffer.clear();
  }
}
