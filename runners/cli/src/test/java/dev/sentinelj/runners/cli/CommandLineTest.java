package dev.sentinelj.runners.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class CommandLineTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @TempDir Path home;

  @ParameterizedTest
  @CsvSource({
    "status, 3",
    "metrics latest, 3",
    "agents list -o json, 3",
    "health, 3",
    "version, 0",
    "version -o json, 0",
    "help, 0",
    "help exit-codes, 0",
    "agents, 2",
    "bogus, 2",
    "agents get, 2",
    "status -o xml, 2",
    "up --http-port, 2",
    "audit, 3",
    "audit --database-url postgresql://127.0.0.1:1/x, 3",
    "audit --database-url postgresql://me:hush@db/x, 2",
    "audit --epoch xyz, 2",
    "audit --epoch 1 --recount, 2",
    "audit -o xml, 2",
    "up, 1"
  })
  void run_withNoServerThere_endsAsDocumented(String arguments, int exitCode) {
    assertThat(run(arguments.split(" "))).isEqualTo(exitCode);
    assertThat(text(err).lines().count()).isEqualTo(exitCode == 0 ? 0 : 1);
  }

  @Test
  void run_withNoServerThere_saysHowToGetOne() {
    run("metrics", "latest");

    assertThat(text(err)).contains("http://127.0.0.1:1").contains("./sentinel up");
    assertThat(text(out)).isEmpty();
  }

  @Test
  void run_withAContextThatIsNoProperties_namesTheFile() throws IOException {
    Files.writeString(home.resolve("cli.properties"), "url=\\u00zz");

    assertThat(run("status")).isEqualTo(ExitCode.FAILED);
    assertThat(text(err)).contains("cli.properties");
  }

  /** A command line in the README that nobody can type is worse than none. */
  @ParameterizedTest
  @MethodSource("documented")
  void run_withTheCommandLinesOfTheReadme_understandsThem(String line) {
    String[] arguments = line.replaceAll("#.*|\\|.*", "").strip().split("\\s+");

    assertThat(run(arguments)).as(text(err)).isNotEqualTo(ExitCode.USAGE);
  }

  static Stream<String> documented() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("..", "..", "README.md"));
    return lines.stream()
        .map(line -> line.startsWith("$ ") ? line.substring(2) : line)
        .filter(line -> line.startsWith("./sentinel "))
        .map(line -> line.substring("./sentinel ".length()));
  }

  private int run(String... arguments) {
    CliContext context =
        new CliContext(
            print(out),
            print(err),
            Map.of("SENTINEL_HOME", home.toString(), "SENTINEL_URL", "http://127.0.0.1:1"),
            Optional.empty(),
            home);
    return new CommandLine(context).run(arguments);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
