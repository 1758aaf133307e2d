package dev.sentinelj.adapters.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Directories that survive a loss of power once they were made. */
class LogPlacesTest {
  @TempDir private Path root;

  private final List<Path> forced = new ArrayList<>();

  @Test
  void createDirectory_ofSeveralLevels_forcesTheParentOfEach() throws IOException {
    AtomicFiles.createDirectory(root.resolve("a/b/c"), forced::add);

    assertThat(root.resolve("a/b/c")).isDirectory();
    assertThat(forced).containsExactly(root, root.resolve("a"), root.resolve("a/b"));
  }

  @Test
  void numbers_areDurableAlsoAfterAKillBehindTheirMaking() throws IOException {
    Files.createDirectory(root.resolve("3"));

    assertThat(new LogPlaces(root, forced::add).numbers()).containsExactly(3L);

    assertThat(forced).containsExactly(root);
  }

  @Test
  void make_ofADirectoryThatIsThereSinceAFailedTry_makesItDurable() throws IOException {
    Files.createDirectory(root.resolve("1"));

    new LogPlaces(root, forced::add).make(1);

    assertThat(forced).containsExactly(root);
  }
}
