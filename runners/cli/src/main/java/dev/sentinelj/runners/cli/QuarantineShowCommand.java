package dev.sentinelj.runners.cli;

import com.github.rvesse.airline.annotations.Arguments;
import com.github.rvesse.airline.annotations.Command;
import com.github.rvesse.airline.annotations.Option;
import com.github.rvesse.airline.annotations.restrictions.MaxOccurrences;
import com.github.rvesse.airline.annotations.restrictions.Required;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One row that was kept aside. */
@Command(name = "show", description = "Show what was kept aside under an id")
public final class QuarantineShowCommand extends RemoteCommand {
  private static final Pattern SAMPLE = Pattern.compile(" (-?[0-9]{1,18}) (.*)");

  @Option(
      name = "--bytes",
      title = "FILE",
      description = "Write what was kept into this new file (needs the role operator)")
  private @Nullable String bytes;

  @Arguments(title = "ID", description = "Its id, as sentinel quarantine list shows it")
  @Required
  @MaxOccurrences(occurrences = 1)
  private String id = "";

  @Override
  int execute(CliContext context) {
    String path = QuarantineRows.path(plain("ID", id)) + (bytes == null ? "" : "?bytes=true");
    JsonNode answer = client(context).get(path, "row");
    if (bytes != null) {
      write(Path.of(bytes), Base64.getDecoder().decode(answer.path("bytes").asString("")));
      ((ObjectNode) answer).remove("bytes");
    }
    Table table = new Table("", "WHAT", "VALUE");
    rows(table, "", answer.path("row"));
    rows(table, "batch ", answer.path("batch"));
    int exitCode = print(context, answer, table);
    if (isTable()) {
      answer
          .path("text")
          .asString("")
          .lines()
          .map(QuarantineShowCommand::dated)
          .map(Table::clean)
          .forEach(context.out()::println);
    }
    return exitCode;
  }

  private static void rows(Table table, String prefix, JsonNode object) {
    object
        .properties()
        .forEach(field -> {
          String value = field.getValue().asString("");
          if (!value.isEmpty()) {
            table.row(prefix + field.getKey().replace('_', ' '), value);
          }
        });
  }

  /** A line of samples kept as text, with the time of its sample as all others are told. */
  private static String dated(String line) {
    Matcher sample = SAMPLE.matcher(line);
    return sample.matches()
        ? " " + Instant.ofEpochMilli(Long.parseLong(sample.group(1))) + " " + sample.group(2)
        : line;
  }

  private static void write(Path file, byte[] kept) {
    try {
      Files.write(file, kept, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw new CliException(ExitCode.USAGE, file + " exists already: name a new file");
    } catch (IOException e) {
      throw new CliException(ExitCode.FAILED, "cannot write " + file + ": " + Reasons.of(e));
    }
  }
}
