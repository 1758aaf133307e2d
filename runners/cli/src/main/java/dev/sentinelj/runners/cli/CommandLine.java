package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.Cli;
import com.github.rvesse.airline.builder.CliBuilder;
import com.github.rvesse.airline.help.Help;
import com.github.rvesse.airline.parser.errors.ParseCommandMissingException;
import com.github.rvesse.airline.parser.errors.ParseCommandUnrecognizedException;
import com.github.rvesse.airline.parser.errors.ParseException;
import java.io.IOException;
import java.util.List;

/** Reads arguments, runs the command and turns every outcome into words and an exit code. */
public final class CommandLine {
  private final CliContext context;
  private final Cli<CliCommand> cli;

  public CommandLine(CliContext context) {
    this.context = context;
    this.cli = commands();
  }

  /**
   * @return an {@link ExitCode}
   */
  public int run(String... args) {
    try {
      return wantsHelp(args) ? help(topic(args)) : cli.parse(version(args)).run(context);
    } catch (CliException e) {
      return fail(e.exitCode(), String.valueOf(e.getMessage()));
    } catch (ParseCommandUnrecognizedException | ParseCommandMissingException e) {
      return fail(ExitCode.USAGE, e.getMessage() + ": see sentinel help");
    } catch (ParseException e) {
      return fail(ExitCode.USAGE, e.getMessage() + ": see sentinel help " + firstWord(args));
    } catch (RuntimeException e) {
      return fail(
          ExitCode.FAILED,
          "this is a fault of ours, please report it (" + e + ")"); // never a trace
    }
  }

  private static Cli<CliCommand> commands() {
    CliBuilder<CliCommand> builder =
        Cli.<CliCommand>builder("sentinel")
            .withDescription("Host monitoring that loses nothing and doubles nothing")
            .withCommands(
                List.of(
                    UpCommand.class,
                    StatusCommand.class,
                    HealthCommand.class,
                    AuditCommand.class,
                    LoginCommand.class,
                    VersionCommand.class));
    builder
        .withGroup("agents")
        .withDescription("The hosts that report here")
        .withCommands(
            List.of(AgentsListCommand.class, AgentsGetCommand.class, AgentsAddCommand.class));
    builder
        .withGroup("metrics")
        .withDescription("What they reported")
        .withCommands(List.of(MetricsLatestCommand.class, MetricsRangeCommand.class));
    builder
        .withGroup("quarantine")
        .withDescription("Batches and samples that could not be stored")
        .withCommands(
            List.of(
                QuarantineListCommand.class,
                QuarantineShowCommand.class,
                QuarantineReplayCommand.class));
    return builder.build();
  }

  /** Also where a required argument is missing: airline would complain about that first. */
  private static boolean wantsHelp(String... args) {
    List<String> words = List.of(args);
    return words.isEmpty()
        || words.getFirst().equals("help")
        || words.contains("--help")
        || words.contains("-h");
  }

  private static List<String> topic(String... args) {
    return List.of(args).stream()
        .dropWhile(word -> word.equals("help"))
        .takeWhile(word -> !word.startsWith("-"))
        .toList();
  }

  private static String[] version(String... args) {
    return args[0].equals("--version") ? new String[] {"version"} : args;
  }

  private int help(List<String> topic) {
    if (topic.equals(List.of("exit-codes"))) {
      context.out().print(EXIT_CODES);
      return ExitCode.OK;
    }
    try {
      Help.help(cli.getMetadata(), topic, context.out());
      return ExitCode.OK;
    } catch (IOException e) {
      throw new CliException(ExitCode.FAILED, "cannot print the help: " + e.getMessage());
    }
  }

  private static final String EXIT_CODES =
      """
      0  it worked
      1  it was tried and did not work; audit: something is unaccounted for
      2  the command line or a setting is wrong; nothing was tried
      3  no server answers at the address; audit: the database cannot be read
      4  the server wants another credential: run sentinel login
      """;

  private int fail(int exitCode, String message) {
    context.err().println("sentinel: " + message);
    return exitCode;
  }

  private static String firstWord(String... args) {
    return args[0].startsWith("-") ? "" : args[0];
  }
}
