package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong is told in one line that names it and the fix, and leaves nothing on disk. */
class BadInputTest {
  @TempDir Path directory;

  @Test
  void unknownOption_isAUsageError() throws Exception {
    assertRefused(2, "--portt", "up", "--portt", "1");
  }

  @Test
  void portThatIsNone_isAUsageError() throws Exception {
    assertRefused(2, "--http-port 70000", "up", "--http-port", "70000");
  }

  @Test
  void badSettingInTheFile_isToldEvenWhereAnOptionWins() throws Exception {
    Files.createDirectories(home());
    Files.writeString(home().resolve("sentinel.conf"), "http.port = abc\n");

    UpProcess up = UpProcess.run(home(), List.of("up", "--http-port", "0", "--grpc-port", "0"));

    assertThat(up.awaitEnd()).singleElement().asString().contains("http.port = abc");
    assertThat(up.exitCode()).isEqualTo(2);
  }

  @Test
  void addressOtherMachinesReach_isAUsageError() throws Exception {
    assertRefused(2, "only loopback", "up", "--bind", "0.0.0.0");
  }

  @Test
  void portInUse_isNamedWithTheWayOut() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = Integer.toString(taken.getLocalPort());

      assertRefused(1, "port " + port, "up", "--http-port", port, "--grpc-port", "0");
    }
  }

  @Test
  void dataDirectoryThatIsAFile_isNamed() throws Exception {
    Files.writeString(home(), "not a directory");

    UpProcess up = UpProcess.run(home(), List.of("up", "--http-port", "0", "--grpc-port", "0"));

    assertThat(up.awaitEnd()).singleElement().asString().contains(home().toString());
    assertThat(up.exitCode()).isEqualTo(1);
    assertThat(home()).hasContent("not a directory");
  }

  @Test
  void unknownSettingInTheFile_isNamed() throws Exception {
    Files.createDirectories(home());
    Files.writeString(home().resolve("sentinel.conf"), "htp.port = 1\n");

    UpProcess up = UpProcess.run(home(), List.of("up"));

    assertThat(up.awaitEnd())
        .singleElement()
        .asString()
        .contains("htp.port")
        .contains("sentinel.conf");
    assertThat(up.exitCode()).isEqualTo(2);
    assertThat(home()).isDirectoryNotContaining("glob:**/postgres");
  }

  @Test
  void secondUpOnTheSameDirectory_namesTheFirst() throws Exception {
    try (UpProcess first = UpProcess.start(home()).awaitReady()) {
      UpProcess second = UpProcess.start(home());

      assertThat(second.awaitEnd()).singleElement().asString().contains(home().toString());
      assertThat(second.exitCode()).isEqualTo(1);
      first.stop();
    }
  }

  private Path home() {
    return directory.resolve("home");
  }

  private void assertRefused(int exitCode, String words, String... args)
      throws IOException, InterruptedException {
    UpProcess up = UpProcess.run(home(), List.of(args));

    assertThat(up.awaitEnd()).singleElement().asString().contains(words);
    assertThat(up.exitCode()).isEqualTo(exitCode);
    assertThat(home()).doesNotExist();
  }
}
