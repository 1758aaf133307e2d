package dev.sentinelj.auditor;

import java.net.URI;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/**
 * A PostgreSQL database and who reads it.
 *
 * @param url {@code jdbc:postgresql://HOST:PORT/DATABASE}, without credentials
 * @param password empty for what the driver finds itself, such as a {@code .pgpass} file
 */
public record DatabaseAddress(String url, String user, Optional<String> password) {
  private static final String PREFIX = "jdbc:";
  private static final String CONNECT_SECONDS = "10";

  /**
   * Reads {@code [jdbc:]postgresql://[USER@]HOST[:PORT]/DATABASE[?OPTIONS]}.
   *
   * @param user when the URL names none
   * @throws IllegalArgumentException when it is something else, or has a password in it; the
   *     message never repeats the URL
   */
  public static DatabaseAddress parse(String url, String user, Optional<String> password) {
    String plain = url.startsWith(PREFIX) ? url.substring(PREFIX.length()) : url;
    plain = plain.replaceFirst("^postgres://", "postgresql://");
    if (!plain.startsWith("postgresql://")) {
      throw new IllegalArgumentException(
          "the address of a database is postgresql://[USER@]HOST[:PORT]/DATABASE");
    }
    URI uri = uri(plain);
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    String info = uri.getUserInfo() == null ? "" : uri.getUserInfo();
    if (info.contains(":") || query.toLowerCase(Locale.ROOT).matches("(.*&)?password=.*")) {
      throw new IllegalArgumentException(
          "a password in the address would be seen by everybody on this machine: give it in the"
              + " environment or in a file");
    }
    String named = info.isEmpty() ? user : info;
    return new DatabaseAddress(
        PREFIX
            + "postgresql://"
            + plain.substring("postgresql://".length()).replaceFirst("^[^/?]*@", ""),
        named,
        password);
  }

  private static URI uri(String text) {
    try {
      return URI.create(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("the address of the database is no URL");
    }
  }

  /** A read-only session in one snapshot, without effect on anybody. */
  Connection connect(Patience patience) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    password.ifPresent(text -> properties.setProperty("password", text));
    properties.setProperty("ApplicationName", "sentinel audit");
    properties.setProperty("connectTimeout", CONNECT_SECONDS);
    properties.setProperty("socketTimeout", patience.socketSeconds());
    properties.setProperty("tcpKeepAlive", "true");
    Connection connection = DriverManager.getConnection(url, properties);
    try (var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      statement.execute("SET LOCAL statement_timeout = " + patience.reply().toMillis());
      statement.execute("SET LOCAL lock_timeout = " + patience.lock().toMillis());
      statement.execute("SET LOCAL jit = off");
      statement.execute("SET LOCAL work_mem = '64MB'");
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  @Override
  public String toString() {
    return "the database at "
        + url.replaceFirst("^jdbc:postgresql://", "").replaceFirst("\\?.*", "");
  }
}
