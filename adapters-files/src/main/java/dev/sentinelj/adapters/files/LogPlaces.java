package dev.sentinelj.adapters.files;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The directories in which the logs of one agent lie. The first log lies in the root itself, number
 * 0; each later one in a directory of its own inside, with the next number.
 */
final class LogPlaces {
  private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,17}");

  private final Path root;
  private final AtomicFiles.Forcing forcing;

  LogPlaces(Path root) {
    this(root, AtomicFiles::forceDirectory);
  }

  LogPlaces(Path root, AtomicFiles.Forcing forcing) {
    this.root = root;
    this.forcing = forcing;
  }

  /**
   * Numbers of the directories inside the root, ascending; durable on return, also those whose
   * making was broken off.
   */
  List<Long> numbers() throws IOException {
    forcing.force(root);
    try (Stream<Path> files = Files.list(root)) {
      return files
          .filter(Files::isDirectory)
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> NUMBER.matcher(name).matches())
          .map(Long::parseLong)
          .sorted()
          .toList();
    }
  }

  SegmentFiles files(long number) {
    return new NioSegmentFiles(directory(number));
  }

  /** Makes the directory {@code number}, at least 1, durable on return. */
  void make(long number) throws IOException {
    AtomicFiles.createDirectory(directory(number), _ -> {});
    forcing.force(root); // also where it is there since a try that failed
  }

  /** Removes the directory {@code number}, at least 1, if it is empty. */
  void removeIfEmpty(long number) throws IOException {
    try {
      Files.deleteIfExists(directory(number));
    } catch (DirectoryNotEmptyException e) {
      return; // somebody else's files
    }
    forcing.force(root);
  }

  private Path directory(long number) {
    return number == 0 ? root : root.resolve(Long.toString(number));
  }
}
