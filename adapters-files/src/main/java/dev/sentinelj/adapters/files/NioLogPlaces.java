package dev.sentinelj.adapters.files;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Real directories: {@code 1}, {@code 2} and so on inside the root. */
final class NioLogPlaces implements LogPlaces {
  private static final Pattern NUMBER = Pattern.compile("[1-9]\\d{0,17}");

  private final Path root;

  NioLogPlaces(Path root) {
    this.root = root;
  }

  @Override
  public List<Long> numbers() throws IOException {
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

  @Override
  public SegmentFiles files(long number) {
    return new NioSegmentFiles(directory(number));
  }

  @Override
  public void make(long number) throws IOException {
    AtomicFiles.createDirectory(directory(number));
  }

  @Override
  public void removeIfEmpty(long number) throws IOException {
    try {
      Files.deleteIfExists(directory(number));
    } catch (DirectoryNotEmptyException e) {
      return; // somebody else's files
    }
    AtomicFiles.forceDirectory(root);
  }

  private Path directory(long number) {
    return number == 0 ? root : root.resolve(Long.toString(number));
  }
}
