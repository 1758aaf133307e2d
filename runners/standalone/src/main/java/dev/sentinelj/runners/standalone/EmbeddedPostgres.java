package dev.sentinelj.runners.standalone;

import dev.sentinelj.auditor.DatabaseAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of our own on loopback: durable settings, password authentication, data and programs
 * under one directory. A server that was left over by a killed process is stopped and started
 * again; its files are never deleted.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

  public static final String USER = "sentinel";
  public static final String DATABASE = "postgres";

  /** Recovery after a crash takes its time on a slow disk. */
  static final Duration START_TIMEOUT = Duration.ofMinutes(2);

  /**
   * How often a server that ends at once is started again: what is in the way goes within seconds.
   */
  private static final int STARTS = 100;

  private final Process process;
  private final int port;
  private final String password;

  private EmbeddedPostgres(Process process, int port, String password) {
    this.process = process;
    this.port = port;
    this.password = password;
  }

  /**
   * Starts the server of {@code directory/data}, making it first when there is none.
   *
   * @throws StartException when it does not answer within {@link #START_TIMEOUT}; the message names
   *     the log file
   */
  public static EmbeddedPostgres start(Path directory, String password) {
    Path home = directory.toAbsolutePath().normalize(); // programs work in another directory
    try {
      Files.createDirectories(
          home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      PostgresBinaries binaries = PostgresBinaries.under(home);
      Path data = home.resolve("data").toAbsolutePath();
      if (!Files.exists(data)) {
        initialise(binaries, home, data, password);
      }
      stopLeftOver(data);
      return launch(binaries, home, data, password);
    } catch (IOException e) {
      throw new StartException("cannot prepare the database in " + home + ": " + e.getMessage(), e);
    }
  }

  public String jdbcUrl() {
    return url(port);
  }

  private static String url(int port) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + DATABASE;
  }

  DatabaseAddress address() {
    return address(port, password);
  }

  static DatabaseAddress address(int port, String password) {
    return new DatabaseAddress(url(port), USER, Optional.of(password));
  }

  public String password() {
    return password;
  }

  /** Asks for a fast shutdown and waits for it. */
  @Override
  public void close() {
    PostgresProcess.stop(process.toHandle());
  }

  private static void initialise(PostgresBinaries binaries, Path home, Path data, String password)
      throws IOException {
    Path temporary = home.resolve("data.new");
    if (Files.exists(temporary)) {
      PostgresBinaries.deleteTree(temporary);
    }
    Path passwordFile =
        Files.createTempFile(
            home,
            "pw",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(passwordFile, password);
      run(
          home,
          PostgresProcess.unprivileged(
              binaries.program("initdb").toString(),
              "--pgdata=" + temporary,
              "--username=" + USER,
              "--pwfile=" + passwordFile,
              "--auth=scram-sha-256",
              "--encoding=UTF8",
              "--locale=C",
              "--data-checksums"));
      Files.move(temporary, data, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.delete(passwordFile);
    }
  }

  private static void run(Path home, List<String> command) throws IOException {
    Path log = home.resolve("initdb.log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    if (PostgresProcess.awaitExit(process, START_TIMEOUT) != 0) {
      throw new StartException(
          "the database could not be made, see " + log + PostgresProcess.namespaceHint());
    }
  }

  private static void stopLeftOver(Path data) {
    Optional<PostmasterFile> file = PostmasterFile.in(data);
    file.flatMap(found -> found.serverOf(data))
        .ifPresent(server -> {
          LOG.info("stopping the database server {} that a former run left over", server.pid());
          PostgresProcess.stop(server);
        });
    file.filter(found -> found.serverOf(data).isEmpty()).ifPresent(_ -> removeStale(data));
  }

  /** PostgreSQL refuses to start while any process has the number in the file. */
  private static void removeStale(Path data) {
    try {
      Files.deleteIfExists(data.resolve("postmaster.pid"));
    } catch (IOException e) {
      throw new StartException(
          "cannot remove the stale " + data.resolve("postmaster.pid") + ": " + e.getMessage(), e);
    }
  }

  private static EmbeddedPostgres launch(
      PostgresBinaries binaries, Path home, Path data, String password) throws IOException {
    Path log = home.resolve("postgres.log");
    long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
    for (int left = STARTS; left > 0 && System.nanoTime() < deadline; left--) {
      int port = freePort();
      Process process =
          new ProcessBuilder(PostgresProcess.unprivileged(command(binaries, data, port)))
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
              .start();
      EmbeddedPostgres server = new EmbeddedPostgres(process, port, password);
      boolean ready = false;
      try {
        ready = server.awaitReady(deadline);
      } finally {
        if (!ready) {
          server.close();
        }
      }
      if (ready) {
        return server;
      }
      PostgresProcess
          .pause(); // the port was taken meanwhile, or a killed server's last children still hold
      // its
      // memory
    }
    throw new StartException(
        "the database does not start ("
            + lastLine(log)
            + "), see "
            + log
            + PostgresProcess.namespaceHint());
  }

  private static String lastLine(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return lines.isEmpty() ? "it says nothing" : lines.getLast();
  }

  private static String[] command(PostgresBinaries binaries, Path data, int port) {
    List<String> command =
        new ArrayList<>(List.of(binaries.program("postgres").toString(), "-D", data.toString()));
    Properties settings = new Properties();
    settings.put("port", Integer.toString(port));
    settings.put("listen_addresses", "127.0.0.1");
    settings.put("unix_socket_directories", "");
    settings.put("fsync", "on");
    settings.put("synchronous_commit", "on");
    settings.put("full_page_writes", "on");
    settings.put("max_connections", "50");
    settings.put("shared_buffers", "256MB");
    settings.put("max_wal_size", "2GB");
    settings.put("checkpoint_timeout", "15min");
    settings.put("wal_compression", "on");
    settings.put("timezone", "UTC");
    settings.put("log_timezone", "UTC");
    settings.forEach((name, value) -> command.addAll(List.of("-c", name + "=" + value)));
    return command.toArray(String[]::new);
  }

  private boolean awaitReady(long deadline) {
    while (process.isAlive() && System.nanoTime() < deadline) {
      if (answers()) {
        return true;
      }
      PostgresProcess.pause();
    }
    return false;
  }

  private boolean answers() {
    try (Connection connection = DriverManager.getConnection(jdbcUrl(), USER, password)) {
      return connection.isValid(5);
    } catch (SQLException e) {
      if ("28P01".equals(e.getSQLState())) {
        throw new StartException(
            "the database in this directory has another password than the one kept beside it: restore the file, or start with an empty directory",
            e);
      }
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
