package dev.sentinelj.adapters.timescale;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.postgresql.PGConnection;

/** Binds whole columns, one array each, for statements that take their rows from {@code unnest}. */
final class Params {
  private final PGConnection connection;
  private final PreparedStatement statement;
  private int next = 1;

  Params(Connection connection, PreparedStatement statement) throws SQLException {
    this.connection = connection.unwrap(PGConnection.class);
    this.statement = statement;
  }

  Params text(String value) throws SQLException {
    statement.setString(next++, value);
    return this;
  }

  Params number(long value) throws SQLException {
    statement.setLong(next++, value);
    return this;
  }

  Params hash(byte[] value) throws SQLException {
    statement.setBytes(next++, value);
    return this;
  }

  Params texts(String[] values) throws SQLException {
    return array("text", values);
  }

  Params longs(long[] values) throws SQLException {
    return array("int8", values);
  }

  Params shorts(short[] values) throws SQLException {
    return array("int2", values);
  }

  Params booleans(boolean[] values) throws SQLException {
    return array("bool", values);
  }

  Params bytes(byte[][] values) throws SQLException {
    return array("bytea", values);
  }

  private Params array(String type, Object values) throws SQLException {
    statement.setArray(next++, connection.createArrayOf(type, values));
    return this;
  }
}
