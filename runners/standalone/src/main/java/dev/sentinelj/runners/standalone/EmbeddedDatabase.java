package dev.sentinelj.runners.standalone;

import dev.sentinelj.adapters.files.TinkSecretVault;
import dev.sentinelj.adapters.files.UnusablePathException;
import dev.sentinelj.auditor.DatabaseAddress;
import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.runners.cli.ApiContext;
import dev.sentinelj.runners.cli.CliContext;
import dev.sentinelj.runners.cli.CliException;
import dev.sentinelj.runners.cli.ExitCode;
import dev.sentinelj.runners.cli.LocalDatabase;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;

/** The database of {@code $SENTINEL_HOME}, found by the files of its running server. */
public final class EmbeddedDatabase implements LocalDatabase {

  @Override
  public DatabaseAddress find(CliContext context) {
    Home home = new Home(context.home());
    Path data = home.postgres().resolve("data");
    requireReadable(home, data);
    int port =
        PostmasterFile.in(data)
            .filter(file -> file.port() > 0 && file.serverOf(data).isPresent())
            .map(PostmasterFile::port)
            .orElseThrow(() -> notRunning(home, data));
    return EmbeddedPostgres.address(port, password(home, context));
  }

  /** What nobody may look at is not missing. */
  private static void requireReadable(Home home, Path data) {
    try {
      Files.readAttributes(PostmasterFile.path(data), BasicFileAttributes.class);
    } catch (AccessDeniedException e) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          "cannot look into "
              + home.root()
              + ": permission denied; run it as the user who runs ./sentinel up, or name a"
              + " database with --database-url");
    } catch (IOException e) {
      // is not there: told with what is
    }
  }

  private static CliException notRunning(Home home, Path data) {
    if (Files.exists(home.inMemory())) {
      return new CliException(
          ExitCode.UNREACHABLE,
          "sentinel up --ephemeral keeps samples in memory, so there is no database to audit:"
              + " look at the page, or ask GET /v1/audit?agent=ID at "
              + ApiContext.read(home.root()).url());
    }
    String what =
        Files.exists(data)
            ? "the database of " + home.root() + " does not run"
            : "there is no database in " + home.root();
    return new CliException(
        ExitCode.UNREACHABLE,
        what
            + ": start it with ./sentinel up, name the directory with SENTINEL_HOME,"
            + " or another database with --database-url");
  }

  private static String password(Home home, CliContext context) {
    if (!Files.exists(DatabasePassword.file(home))) {
      throw new CliException(
          ExitCode.UNREACHABLE,
          DatabasePassword.file(home) + " is missing: restore it from a backup");
    }
    try {
      SecretVault vault =
          TinkSecretVault.open(home.keys(), context.variable(TinkSecretVault.PASSPHRASE_VARIABLE));
      return DatabasePassword.of(home, vault, new SecureRandom());
    } catch (UnusablePathException e) {
      throw new CliException(ExitCode.UNREACHABLE, String.valueOf(e.getMessage()));
    }
  }
}
