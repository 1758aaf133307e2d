package dev.sentinelj.runners.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sentinelj.adapters.files.ConfigFile;
import dev.sentinelj.adapters.files.DataDirectory;
import dev.sentinelj.adapters.files.UnusablePathException;
import dev.sentinelj.runners.runtime.Settings;
import dev.sentinelj.runners.runtime.Settings.BadSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the agent says when it cannot begin. */
class MainTest {
  @TempDir private Path directory;

  @Test
  void once_ofAFileThatIsNot_namesItOnce() {
    Path file = directory.resolve("my agent.conf");

    assertThat(told(() -> ConfigFile.read(file)))
        .isEqualTo(file + " cannot be read: it does not exist");
  }

  @Test
  void once_ofADirectoryThatCannotBe_saysWhatToDo() {
    assertThat(told(() -> DataDirectory.open(Path.of("/proc/sentinelj"))))
        .isEqualTo(
            "/proc/sentinelj cannot be made: the directory it would be in takes none; set home to"
                + " another one");
  }

  @Test
  void joinToken_ofAnEmptyFile_namesIt() throws IOException {
    Path file = Files.writeString(directory.resolve("token"), " \n");

    assertThatExceptionOfType(BadSettingException.class)
        .isThrownBy(() -> Main.joinToken(settings(file)))
        .withMessageContainingAll(file.toString(), "is empty");
  }

  @Test
  void joinToken_ofNoFile_saysSoOnce() {
    Path file = directory.resolve("nope");

    assertThatExceptionOfType(BadSettingException.class)
        .isThrownBy(() -> Main.joinToken(settings(file)))
        .withMessage("join.token.file = " + file + ": there is no such file");
  }

  private static Settings settings(Path tokenFile) {
    return new Settings(
        Map.of("join.token.file", tokenFile.toString()), Set.of("join.token.file"), "a test");
  }

  private static String told(ThrowingCallable work) {
    UnusablePathException failure = catchThrowableOfType(UnusablePathException.class, work);
    return Main.once(failure);
  }
}
