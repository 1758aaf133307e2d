package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import dev.sentinelj.auditor.Audit;
import dev.sentinelj.auditor.AuditFailedException;
import dev.sentinelj.auditor.Auditor;
import dev.sentinelj.auditor.Scope;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Whether every sample is accounted for, asked of the database itself. */
@Command(
    name = "audit",
    description = "Check in the database that every sample is accounted for; exit code 1 when not")
public final class AuditCommand extends PrintingCommand {
  /** How long {@code --watch} waits between two audits. */
  private static final long WATCH_SECONDS = 2;

  private static final int EPOCH_DIGITS = 16;

  @Option(name = "--agent", title = "ID", description = "Only this agent (default: all)")
  private @Nullable String agent;

  @Option(
      name = "--epoch",
      title = "HEX",
      description = "Only the epochs whose number starts with these digits")
  private @Nullable String epoch;

  @Option(name = "--watch", description = "Audit again and again until Ctrl-C")
  private boolean watch;

  @Option(
      name = "--recount",
      description = "Count the rows of all samples too; takes as long as reading them")
  private boolean recount;

  @Option(
      name = "--database-url",
      title = "URL",
      description = "postgresql://USER@HOST:PORT/DATABASE (default: the database of ./sentinel up)")
  private @Nullable String databaseUrl;

  @Option(
      name = "--password-file",
      title = "FILE",
      description =
          "File with the password for --database-url (default: $SENTINEL_DATABASE_PASSWORD, then ~/.pgpass)")
  private @Nullable String passwordFile;

  @Override
  int execute(CliContext context) {
    if (recount && epoch != null) {
      throw new CliException(
          ExitCode.USAGE, "samples are counted per agent: leave out --epoch or --recount");
    }
    Scope scope = scope();
    AuditedDatabase database = new AuditedDatabase(context, databaseUrl, passwordFile);
    return watch ? again(database, scope, context) : once(database, scope, context);
  }

  private int again(AuditedDatabase database, Scope scope, CliContext context) {
    int exitCode = ExitCode.OK;
    try {
      while (true) {
        exitCode = once(database, scope, context);
        context.out().flush();
        TimeUnit.SECONDS.sleep(WATCH_SECONDS);
        if (context.console().isPresent() && isTable()) {
          context.out().print("\033[H\033[2J");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return exitCode;
    }
  }

  /** The database is found anew each time: after a restart it listens elsewhere. */
  private int once(AuditedDatabase database, Scope scope, CliContext context) {
    Auditor auditor = new Auditor(database.address());
    try {
      Audit audit =
          recount
              ? auditor.recount(scope, line -> context.err().println("sentinel: " + line))
              : auditor.audit(scope);
      Audit shown = chosen(audit);
      if (shown.epochs().isEmpty()) {
        requireKnown(auditor);
      }
      print(context, report(shown, scope));
      return shown.accounted() ? ExitCode.OK : ExitCode.FAILED;
    } catch (AuditFailedException e) {
      throw database.told(e);
    }
  }

  /** Watched, one audit must be told from the one before. */
  private Answer report(Audit audit, Scope scope) {
    AuditReport report = AuditReport.of(audit, scope);
    return watch ? new WatchedAudit(report, audit.atMillis()) : report;
  }

  /** That there is nothing is an answer only of what is there. */
  private void requireKnown(Auditor auditor) {
    if (agent != null && !auditor.knows(agent)) {
      throw new CliException(
          ExitCode.FAILED,
          "there is no agent '" + Table.clean(agent) + "': see sentinel agents list");
    }
    if (epoch != null) {
      throw new CliException(
          ExitCode.FAILED,
          "no epoch" + (agent == null ? "" : " of " + agent) + " starts with " + epoch);
    }
  }

  private Scope scope() {
    if (epoch != null && !epoch.matches("[0-9a-fA-F]{1,16}")) {
      throw new CliException(
          ExitCode.USAGE, "--epoch takes up to 16 hexadecimal digits, not '" + epoch + "'");
    }
    Optional<Long> one =
        Optional.ofNullable(epoch)
            .filter(digits -> digits.length() == EPOCH_DIGITS)
            .map(digits -> Long.parseUnsignedLong(digits, 16));
    return new Scope(Optional.ofNullable(agent), one);
  }

  private Audit chosen(Audit audit) {
    if (epoch == null) {
      return audit;
    }
    String digits = epoch.toLowerCase(Locale.ROOT);
    return new Audit(
        audit.atMillis(),
        audit.epochs().stream().filter(one -> one.epochHex().startsWith(digits)).toList(),
        List.of());
  }
}
