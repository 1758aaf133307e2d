package dev.sentinelj.runners.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
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
    "help agents, 0",
    "help agents get, 0",
    "agents get web-1 --help, 0",
    "help bogus, 2",
    "help agents bogus, 2",
    "bogus --help, 2",
    "agents get a b, 2",
    "metrics range a b, 2",
    "metrics latest a b, 2",
    "quarantine show 1 2, 2",
    "audit --password-file /nope, 2",
    "status --server htp:x, 2",
    "status --server http://x:99999999, 2",
    "up --home x --ephemeral, 2",
    "agents, 2",
    "bogus, 2",
    "agents get, 2",
    "status -o xml, 2",
    "up --http-port, 2",
    "audit, 2",
    "audit --database-url postgresql://127.0.0.1:99999/x, 2",
    "audit --database-url postgresql://127.0.0.1:0/x, 2",
    "audit --database-url postgresql://127.0.0.1:abc/x, 2",
    "audit --database-url postgresql://a:b:c/x, 2",
    "audit --database-url mysql://127.0.0.1/x, 2",
    "audit --database-url postgresql://[::1]:1/x, 3",
    "metrics latest --agnet vm, 2",
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
  void help_namesTheCommandsOfAGroup_andTheExitCodes() {
    run("help", "agents");
    assertThat(text(out)).contains("sentinel agents add\n        Make a join token");
    run("help");
    assertThat(text(out)).contains("sentinel help exit-codes");
  }

  @Test
  void run_withAnEmptyDirectory_saysWhichOption() {
    assertThat(run("up", "--home", "")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("--home is empty");
    assertThat(run("quarantine", "list", "--local", "--data", "")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("--data is empty");
  }

  @Test
  void run_withAWordForANumber_namesTheOption() {
    assertThat(run("metrics", "range", "cpu", "--last", "abc")).isEqualTo(ExitCode.USAGE);

    assertThat(text(err)).isEqualTo("sentinel: --last takes a whole number, not 'abc'\n");
  }

  @Test
  void run_withAFileThatIsNot_saysWhyOnce() {
    run("audit", "--database-url", "postgresql://127.0.0.1:1/x", "--password-file", "/nope");

    assertThat(text(err))
        .isEqualTo(
            "sentinel: cannot read the password file /nope: there is no such file or directory\n");
  }

  @Test
  void audit_whereAServerIsNamed_saysThatItAsksADatabase() {
    assertThat(run("audit")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("SENTINEL_URL", "--database-url", "unset");
  }

  @Test
  void audit_ofAHostThatIsNot_namesIt() {
    assertThat(run("audit", "--database-url", "postgresql://nowhere.invalid/x"))
        .isEqualTo(ExitCode.UNREACHABLE);
    assertThat(text(err)).isEqualTo("sentinel: host not found: nowhere.invalid\n");
  }

  @Test
  void audit_withAPasswordFileThatIsNone_saysSo() throws IOException {
    Path file = home.resolve("password");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThat(audit(file)).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains(file + " is no text");

    Files.writeString(file, "\nx");
    assertThat(audit(file)).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains(file + " has no password in its first line");
  }

  private int audit(Path passwordFile) {
    return run(
        "audit",
        "--database-url",
        "postgresql://127.0.0.1:1/x",
        "--password-file",
        passwordFile.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "metrics latest --agnet vm, --agnet, metrics latest",
    "metrics range x --lats 5, --lats, metrics range",
    "agents get web-1 -x, -x, agents get",
    "status --sevrer http://x, --sevrer, status"
  })
  void run_withAnOptionNobodyKnows_namesIt(String arguments, String option, String command) {
    assertThat(run(arguments.split(" "))).isEqualTo(ExitCode.USAGE);
    assertThat(text(err))
        .isEqualTo(
            "sentinel: unknown option '" + option + "': see sentinel help " + command + "\n");
  }

  @Test
  void run_withAGroupAlone_namesItsCommands() {
    assertThat(run("agents")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("list, get, add", "sentinel help agents");
  }

  @Test
  void run_withATokenThatIsNone_namesTheVariable() {
    assertThat(
            run(Map.of("SENTINEL_TOKEN", "a\nb", "SENTINEL_URL", "http://127.0.0.1:1"), "status"))
        .isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("SENTINEL_TOKEN").doesNotContain("a\nb");
  }

  @Test
  void run_withAnAddressThatIsNoneInTheContext_namesTheFile() throws IOException {
    Files.writeString(home.resolve("cli.properties"), "url=htp:x");

    assertThat(run(Map.of("SENTINEL_HOME", home.toString()), "status")).isEqualTo(ExitCode.USAGE);
    assertThat(text(err)).contains("cli.properties").contains("'htp:x' is not the address");
  }

  @Test
  void reasons_doNotRepeatTheFile() {
    assertThat(Reasons.of(new AccessDeniedException("/x"))).isEqualTo("permission denied");
    assertThat(Reasons.of(new FileSystemException("/x", null, "disk full"))).isEqualTo("disk full");
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
  void run_withTheCommandLinesOfTheReadme_understandsThem(String line) throws IOException {
    String[] arguments = line.replaceAll("#.*|\\|.*", "").strip().split("\\s+");

    Files.writeString(home.resolve("cli.properties"), "url=http://127.0.0.1:1");

    assertThat(run(Map.of("SENTINEL_HOME", home.toString()), arguments))
        .as(text(err))
        .isNotEqualTo(ExitCode.USAGE);
  }

  static Stream<String> documented() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("..", "..", "README.md"));
    return lines.stream()
        .map(line -> line.startsWith("$ ") ? line.substring(2) : line)
        .filter(line -> line.startsWith("./sentinel "))
        .map(line -> line.substring("./sentinel ".length()));
  }

  private int run(String... arguments) {
    return run(
        Map.of("SENTINEL_HOME", home.toString(), "SENTINEL_URL", "http://127.0.0.1:1"), arguments);
  }

  private int run(Map<String, String> environment, String... arguments) {
    CliContext context =
        new CliContext(print(out), print(err), environment, Optional.empty(), home);
    return new CommandLine(context).run(arguments);
  }

  private static PrintStream print(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
