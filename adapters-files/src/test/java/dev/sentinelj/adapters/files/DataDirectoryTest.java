package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir private Path temp;

  @Test
  void open_makesItForTheOwnerOnly() throws IOException {
    Path home = temp.resolve("a/home");

    try (DataDirectory data = DataDirectory.open(home)) {
      Path wal = data.directory("wal");

      assertThat(mode(home)).isEqualTo("rwx------");
      assertThat(mode(wal)).isEqualTo("rwx------");
      assertThat(data.file("x")).isEqualTo(home.resolve("x"));
    }
  }

  @Test
  void open_twice_namesTheProcessThatHasIt() {
    try (DataDirectory data = DataDirectory.open(temp)) {
      assertThat(data.path()).isEqualTo(temp);
      assertThatThrownBy(() -> DataDirectory.open(temp))
          .isInstanceOf(UnusablePathException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageNotContaining("\n");
    }
    DataDirectory.open(temp).close();
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "only Linux has a file that is always full")
  void lock_whereItsProcessCannotBeWritten_holdsAllTheSame() throws IOException {
    Path lock = Files.createSymbolicLink(temp.resolve(DirectoryLock.FILE), Path.of("/dev/full"));

    try (DataDirectory data = DataDirectory.open(temp)) {
      assertThat(data.path()).isEqualTo(temp);
      assertThatThrownBy(() -> DataDirectory.open(temp)).isInstanceOf(UnusablePathException.class);
    }
    Files.delete(lock);
  }

  @Test
  void open_ofAFile_isRefused() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "x");

    assertThatThrownBy(() -> DataDirectory.open(file))
        .isInstanceOf(UnusablePathException.class)
        .hasMessage(file + " is not a directory: use another one");
    assertThatThrownBy(() -> DataDirectory.open(file.resolve("below")))
        .isInstanceOf(UnusablePathException.class)
        .hasMessageContaining("cannot be made")
        .hasMessageNotContaining("\n");
  }

  @Test
  void config_isReadInOrder() {
    assertThat(
            ConfigFile.parse("c", List.of("# x", "", " b.c = 1 = 2 ", "a=", "url = http://h/#x")))
        .containsExactly(
            java.util.Map.entry("b.c", "1 = 2"),
            java.util.Map.entry("a", ""),
            java.util.Map.entry("url", "http://h/#x"));
  }

  @Test
  void config_withABadLine_namesTheLine() {
    assertThatThrownBy(() -> ConfigFile.parse("c.conf", List.of("a = 1", "nonsense")))
        .hasMessage("c.conf line 2 is not of the form 'key = value'");
    assertThatThrownBy(() -> ConfigFile.parse("c.conf", List.of("a = 1", "", "a = 2")))
        .hasMessage("c.conf line 3 sets a again: line 1 did");
    assertThatThrownBy(() -> ConfigFile.read(temp.resolve("missing")))
        .isInstanceOf(UnusablePathException.class)
        .hasMessageContaining("does not exist");
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
