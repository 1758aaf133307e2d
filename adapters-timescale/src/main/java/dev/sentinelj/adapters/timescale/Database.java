package dev.sentinelj.adapters.timescale;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.sentinelj.ports.PortUnavailableException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/**
 * One PostgreSQL database: a bounded pool for short questions, and connections outside it for
 * strands, which keep theirs. Opening does not connect, so a database that is down at start is
 * waited for like one that goes down later. Thread safe.
 */
public final class Database implements AutoCloseable {
  /**
   * How long a question waits for a connection of the pool before the database counts as not
   * answering.
   */
  static final long POOL_WAIT_MILLIS = 5_000;

  /**
   * How long a strand waits for a lock: whoever holds one for longer is stuck, or somebody else's
   * worker.
   */
  static final long LOCK_WAIT_MILLIS = 5_000;

  private static final int CONNECT_SECONDS = 5;

  /** A reply that takes longer is taken for a lost connection. */
  private static final int SOCKET_SECONDS = 60;

  static {
    System.setProperty("org.jooq.no-logo", "true");
    System.setProperty("org.jooq.no-tips", "true");
  }

  private final Access access;
  private final HikariDataSource pool;
  private final DSLContext dsl;
  private final ExecutorService questions = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param jdbcUrl {@code jdbc:postgresql://host:port/database}, without credentials in it
   * @param poolSize most connections of the pool, at least 1
   */
  public record Access(String jdbcUrl, String user, String password, int poolSize) {
    @Override
    public String toString() {
      return "Access[" + jdbcUrl + ", user " + user + "]";
    }
  }

  public Database(Access access) {
    this.access = access;
    this.pool = new HikariDataSource(poolConfig(access));
    this.dsl = DSL.using(pool, SQLDialect.POSTGRES);
  }

  /** A new connection outside the pool, in auto-commit mode. The caller closes it. */
  Connection connect(String application) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", access.user());
    properties.setProperty("password", access.password());
    properties.setProperty("ApplicationName", application);
    properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
    properties.setProperty("loginTimeout", Integer.toString(CONNECT_SECONDS));
    properties.setProperty("socketTimeout", Integer.toString(SOCKET_SECONDS));
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("prepareThreshold", "2");
    properties.setProperty("options", "-c lock_timeout=" + LOCK_WAIT_MILLIS);
    return DriverManager.getConnection(access.jdbcUrl(), properties);
  }

  DataSource pool() {
    return pool;
  }

  /** jOOQ on a connection that somebody else owns. */
  static DSLContext on(Connection connection) {
    return DSL.using(connection, SQLDialect.POSTGRES);
  }

  /** Asks one statement; {@code doing} names the operation for whoever reads the failure. */
  <T> T ask(String doing, Function<DSLContext, T> question) {
    try {
      return question.apply(dsl);
    } catch (DataAccessException e) {
      throw new PortUnavailableException(doing, e);
    }
  }

  /** Runs {@code work} in one transaction of the pool. */
  <T> T transact(String doing, Function<DSLContext, T> work) {
    return ask(doing, context -> context.transactionResult(tx -> work.apply(tx.dsl())));
  }

  /** Asks several statements that all see one state of the database. */
  <T> T snapshot(String doing, Function<DSLContext, T> question) {
    try (Connection connection = pool.getConnection()) {
      connection.setReadOnly(true);
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      T answer = question.apply(on(connection));
      connection.commit();
      return answer;
    } catch (SQLException | DataAccessException e) {
      throw new PortUnavailableException(doing, e);
    }
  }

  /** Runs {@code call} on a thread of its own. */
  <T> CompletionStage<T> later(Supplier<T> call) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      questions.execute(() -> complete(answer, call));
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(new PortUnavailableException("the database is closed", e));
    }
    return answer;
  }

  static <T> void complete(CompletableFuture<T> answer, Supplier<T> call) {
    try {
      answer.complete(call.get());
    } catch (RuntimeException | Error e) {
      answer.completeExceptionally(e);
    }
  }

  @Override
  public void close() {
    questions.shutdownNow();
    pool.close();
  }

  private static HikariConfig poolConfig(Access access) {
    HikariConfig config = new HikariConfig();
    config.setPoolName("sentinel");
    config.setJdbcUrl(access.jdbcUrl());
    config.setUsername(access.user());
    config.setPassword(access.password());
    config.setMaximumPoolSize(access.poolSize());
    config.setMinimumIdle(1);
    config.setConnectionTimeout(POOL_WAIT_MILLIS);
    config.setInitializationFailTimeout(-1);
    config.addDataSourceProperty("connectTimeout", CONNECT_SECONDS);
    config.addDataSourceProperty("socketTimeout", SOCKET_SECONDS);
    config.addDataSourceProperty("tcpKeepAlive", true);
    config.addDataSourceProperty("ApplicationName", "sentinel");
    return config;
  }
}
