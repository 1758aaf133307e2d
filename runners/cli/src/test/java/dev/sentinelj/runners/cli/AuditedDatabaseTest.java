package dev.sentinelj.runners.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an audit says of a password that the database does not take. */
class AuditedDatabaseTest {
  private final RefusingPostgres postgres = new RefusingPostgres();

  @TempDir private Path home;

  @AfterEach
  void close() throws IOException {
    postgres.close();
  }

  @Test
  void audit_withAWrongPasswordOfTheEnvironment_namesTheVariable() {
    Shell shell = new Shell(home, Map.of(AuditedDatabase.PASSWORD_VARIABLE, "guess"));

    assertThat(audit(shell)).isEqualTo(ExitCode.UNAUTHORIZED);
    assertThat(shell.err())
        .contains("password authentication failed")
        .endsWith("; the password came from SENTINEL_DATABASE_PASSWORD\n");
  }

  @Test
  void audit_withAWrongPasswordOfAFile_namesTheFile() throws IOException {
    Path file = Files.writeString(home.resolve("password"), "guess\n");
    Shell shell = new Shell(home, Map.of());

    assertThat(audit(shell, "--password-file", file.toString())).isEqualTo(ExitCode.UNAUTHORIZED);
    assertThat(shell.err()).endsWith("; the password came from the file " + file + "\n");
  }

  @Test
  void audit_withoutAPassword_saysWhereOneMayStand() {
    Shell shell = new Shell(home, Map.of());

    assertThat(audit(shell)).isEqualTo(ExitCode.UNAUTHORIZED);
    assertThat(shell.err())
        .endsWith(
            "; put it into SENTINEL_DATABASE_PASSWORD, a file named with --password-file, or"
                + " ~/.pgpass\n");
  }

  private int audit(Shell shell, String... more) {
    String[] arguments = new String[more.length + 3];
    arguments[0] = "audit";
    arguments[1] = "--database-url";
    arguments[2] = postgres.url();
    System.arraycopy(more, 0, arguments, 3, more.length);
    return shell.run(arguments);
  }
}
