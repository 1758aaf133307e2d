package dev.sentinelj.runners.cli;

import dev.sentinelj.auditor.AuditFailedException;
import dev.sentinelj.auditor.DatabaseAddress;
import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The database that an audit asks, and what it says when it cannot be asked. */
final class AuditedDatabase {
  static final String PASSWORD_VARIABLE = "SENTINEL_DATABASE_PASSWORD";

  private static final String PLACES =
      PASSWORD_VARIABLE + ", a file named with --password-file, or ~/.pgpass";
  private static final String WRONG_PASSWORD = "28P01";
  private static final String NO_PASSWORD = "08004";
  private static final int MAX_PORT = 65_535;

  /** {@code HOST}, {@code HOST:PORT} or several, as the driver knows them. */
  private static final Pattern HOST =
      Pattern.compile("(?:[^:\\[\\]]*|\\[[0-9A-Fa-f:.%]+])(?::(.*))?");

  /** What it logs we say ourselves; held here, or the level would be forgotten. */
  private static final Logger DRIVER = Logger.getLogger("org.postgresql");

  private final CliContext context;
  private final @Nullable String url;
  private final @Nullable String passwordFile;

  AuditedDatabase(CliContext context, @Nullable String url, @Nullable String passwordFile) {
    this.context = context;
    this.url = url;
    this.passwordFile = passwordFile;
    DRIVER.setLevel(Level.OFF);
  }

  /**
   * Where it is now; after a restart it may be elsewhere.
   *
   * @throws CliException when there is none, or the options name none
   */
  DatabaseAddress address() {
    return url == null ? local() : named(url);
  }

  private DatabaseAddress local() {
    if (passwordFile != null) {
      throw new CliException(ExitCode.USAGE, "--password-file goes with --database-url only");
    }
    if (context.variable("SENTINEL_URL").isPresent()) {
      throw new CliException(
          ExitCode.USAGE,
          "audit asks a database, not a server, and SENTINEL_URL names a server: use"
              + " --database-url for its database, or unset SENTINEL_URL for the one of"
              + " ./sentinel up here");
    }
    return ServiceLoader.load(LocalDatabase.class)
        .findFirst()
        .orElseThrow(() ->
            new CliException(
                ExitCode.UNREACHABLE,
                "this is the command line alone: start it as ./sentinel audit, or name a database with --database-url"))
        .find(context);
  }

  private DatabaseAddress named(String text) {
    try {
      DatabaseAddress address = DatabaseAddress.parse(text, "sentinel", password());
      requireHosts(address.url());
      return address;
    } catch (IllegalArgumentException e) {
      throw new CliException(ExitCode.USAGE, "--database-url: " + e.getMessage());
    }
  }

  private static void requireHosts(String jdbcUrl) {
    String hosts = jdbcUrl.replaceFirst("^jdbc:postgresql://", "").replaceFirst("[/?].*", "");
    for (String host : hosts.split(",", -1)) {
      Matcher parts = HOST.matcher(host);
      if (!parts.matches()) {
        throw new IllegalArgumentException(
            "the address of a database is postgresql://[USER@]HOST[:PORT]/DATABASE");
      }
      if (parts.group(1) != null && !isPort(parts.group(1))) {
        throw new IllegalArgumentException(
            "a port is 1 to 65535, not '" + Table.clean(parts.group(1)) + "'");
      }
    }
  }

  private static boolean isPort(String digits) {
    return digits.matches("[0-9]{1,5}")
        && Integer.parseInt(digits) >= 1
        && Integer.parseInt(digits) <= MAX_PORT;
  }

  private Optional<String> password() {
    if (passwordFile == null) {
      return context.variable(PASSWORD_VARIABLE);
    }
    try {
      return Optional.of(firstLine(passwordFile));
    } catch (CharacterCodingException e) {
      throw new CliException(
          ExitCode.USAGE,
          "the password file " + passwordFile + " is no text: is it the right one?");
    } catch (IOException e) {
      throw new CliException(
          ExitCode.USAGE, "cannot read the password file " + passwordFile + ": " + Reasons.of(e));
    }
  }

  private static String firstLine(String file) throws IOException {
    return Files.readString(Path.of(file))
        .lines()
        .findFirst()
        .filter(line -> !line.isEmpty())
        .orElseThrow(() ->
            new CliException(
                ExitCode.USAGE,
                "the password file " + file + " has no password in its first line"));
  }

  /** The same failure in the words of whoever typed the command. */
  CliException told(AuditFailedException failure) {
    String message = String.valueOf(failure.getMessage());
    if (failure.sqlState().equals(WRONG_PASSWORD)) {
      return new CliException(ExitCode.UNAUTHORIZED, message + "; " + passwordOrigin());
    }
    if (failure.sqlState().equals(NO_PASSWORD) && message.contains("password")) {
      return new CliException(ExitCode.UNAUTHORIZED, message + "; put it into " + PLACES);
    }
    return causes(failure)
        .filter(UnknownHostException.class::isInstance)
        .findFirst()
        .map(cause ->
            new CliException(ExitCode.UNREACHABLE, "host not found: " + cause.getMessage()))
        .orElseGet(() ->
            new CliException(
                failure.refused() ? ExitCode.UNAUTHORIZED : ExitCode.UNREACHABLE, message));
  }

  private String passwordOrigin() {
    if (url == null) {
      return "the password is the one that ./sentinel up keeps in " + context.home();
    }
    if (passwordFile != null) {
      return "the password came from the file " + passwordFile;
    }
    return context.variable(PASSWORD_VARIABLE).isPresent()
        ? "the password came from " + PASSWORD_VARIABLE
        : "the password came from ~/.pgpass, or there was none: put it into " + PLACES;
  }

  private static Stream<Throwable> causes(Throwable failure) {
    return Stream.iterate(failure, cause -> cause != null, Throwable::getCause);
  }
}
