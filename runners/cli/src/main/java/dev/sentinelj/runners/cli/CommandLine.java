package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.Cli;
import com.github.rvesse.airline.builder.CliBuilder;
import com.github.rvesse.airline.help.Help;
import com.github.rvesse.airline.model.CommandGroupMetadata;
import com.github.rvesse.airline.model.CommandMetadata;
import com.github.rvesse.airline.parser.errors.ParseCommandMissingException;
import com.github.rvesse.airline.parser.errors.ParseCommandUnrecognizedException;
import com.github.rvesse.airline.parser.errors.ParseException;
import com.github.rvesse.airline.parser.errors.ParseOptionConversionException;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

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
      return fail(
          ExitCode.USAGE,
          subcommands(args).orElseGet(() -> e.getMessage() + ": see sentinel help"));
    } catch (ParseOptionConversionException e) {
      return fail(
          ExitCode.USAGE,
          option(topic(args), e.getOptionTitle())
              + " takes a whole number, not '"
              + Table.clean(e.getValue())
              + "'");
    } catch (ParseException e) {
      return fail(
          ExitCode.USAGE,
          unknownOption(args)
              .orElseGet(() -> e.getMessage() + ": see sentinel help " + firstWord(args)));
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
    List<String> named = named(topic);
    if (named.size() == 1 && isGroup(named)) {
      group(named).ifPresent(this::print);
      return ExitCode.OK;
    }
    try {
      Help.help(cli.getMetadata(), named, context.out());
      if (named.isEmpty()) {
        context.out().println();
        context.out().println("More: sentinel help COMMAND, sentinel help exit-codes");
      }
      return ExitCode.OK;
    } catch (IOException e) {
      throw new CliException(ExitCode.FAILED, "cannot print the help: " + e.getMessage());
    }
  }

  /** The library would tell the arguments of each command, but not all of their options. */
  private void print(CommandGroupMetadata group) {
    String name = "sentinel " + group.getName();
    context.out().println(name + " - " + group.getDescription());
    context.out().println();
    for (CommandMetadata command : group.getCommands()) {
      context.out().println("    " + name + " " + command.getName());
      context.out().println("        " + command.getDescription());
    }
    context.out().println();
    context
        .out()
        .println("Options and arguments of one: sentinel help " + group.getName() + " COMMAND");
  }

  /** The group and command that {@code words} begin with; what follows are its arguments. */
  private List<String> named(List<String> words) {
    if (words.isEmpty() || command(words).isPresent()) {
      return words.subList(0, Math.min(words.size(), isGroup(words) ? 2 : 1));
    }
    if (words.size() == 1 && isGroup(words)) {
      return words;
    }
    throw new CliException(
        ExitCode.USAGE,
        "there is no command '" + Table.clean(String.join(" ", words)) + "': see sentinel help");
  }

  private boolean isGroup(List<String> words) {
    return group(words).isPresent();
  }

  private Optional<CommandGroupMetadata> group(List<String> words) {
    return cli.getMetadata().getCommandGroups().stream()
        .filter(group -> !words.isEmpty() && group.getName().equals(words.getFirst()))
        .findFirst();
  }

  private Optional<CommandMetadata> command(List<String> words) {
    Optional<CommandGroupMetadata> group = group(words);
    List<CommandMetadata> commands =
        group
            .map(CommandGroupMetadata::getCommands)
            .orElseGet(() -> cli.getMetadata().getDefaultGroupCommands());
    int at = group.isPresent() ? 1 : 0;
    return commands.stream()
        .filter(command -> at < words.size() && command.getName().equals(words.get(at)))
        .findFirst();
  }

  /** What may follow the name of a group that was typed alone. */
  private Optional<String> subcommands(String... args) {
    return group(List.of(args))
        .filter(_ -> args.length == 1)
        .map(group ->
            "sentinel "
                + group.getName()
                + " has the commands "
                + String.join(
                    ", ", group.getCommands().stream().map(CommandMetadata::getName).toList())
                + ": see sentinel help "
                + group.getName());
  }

  /** Where an argument may stand the parser takes a mistyped option for one. */
  private Optional<String> unknownOption(String... args) {
    List<String> words = List.of(args);
    List<String> topic = topic(args);
    return command(topic)
        .flatMap(command -> UnknownOption.in(command, words.subList(topic.size(), words.size())))
        .map(option ->
            "unknown option '"
                + Table.clean(option)
                + "': see sentinel help "
                + String.join(" ", named(topic)));
  }

  /** What to type for the option of the command whose value has this title. */
  private String option(List<String> words, String title) {
    return command(words).stream()
        .flatMap(command -> command.getAllOptions().stream())
        .filter(option -> option.getTitles().contains(title))
        .flatMap(option -> option.getOptions().stream())
        .filter(name -> name.startsWith("--"))
        .findFirst()
        .orElse(title);
  }

  private static final String EXIT_CODES =
      """
      0  it worked
      1  it was tried and did not work; audit: something is unaccounted for
      2  the command line or a setting is wrong; nothing was tried
      3  no server answers at the address; audit: the database cannot be read
      4  the server wants another credential: run sentinel login; audit: the database does not
         take this user or password
      """;

  private int fail(int exitCode, String message) {
    context.err().println("sentinel: " + message);
    return exitCode;
  }

  private static String firstWord(String... args) {
    return args[0].startsWith("-") ? "" : args[0];
  }
}
