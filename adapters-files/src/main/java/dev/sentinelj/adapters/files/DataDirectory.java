package dev.sentinelj.adapters.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The directory that holds everything of one installation, {@code $SENTINEL_HOME}, and its lock.
 */
public final class DataDirectory implements AutoCloseable {
  private final Path path;
  private final DirectoryLock lock;

  private DataDirectory(Path path, DirectoryLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Takes {@code path}, which is made with mode 0700 when missing, for this process alone.
   *
   * @throws UnusablePathException when it cannot be made, read or written, or another process has
   *     it
   */
  public static DataDirectory open(Path path) {
    try {
      if (Files.exists(path) && !Files.isDirectory(path)) {
        throw new UnusablePathException(path + " is not a directory: use another one");
      }
      AtomicFiles.createDirectory(path);
      if (!Files.isReadable(path) || !Files.isWritable(path) || !Files.isExecutable(path)) {
        throw new UnusablePathException(
            path
                + " cannot be read and written by this user: change its owner, or use another one");
      }
    } catch (IOException e) {
      throw new UnusablePathException(path + " cannot be made: " + Reasons.of(e), e);
    }
    return new DataDirectory(path.toAbsolutePath().normalize(), DirectoryLock.acquire(path));
  }

  public Path path() {
    return path;
  }

  /** A file of it, which need not exist. */
  public Path file(String name) {
    return path.resolve(name);
  }

  /** A directory in it, made with mode 0700 when missing. */
  public Path directory(String name) {
    Path directory = path.resolve(name);
    try {
      AtomicFiles.createDirectory(directory);
      return directory;
    } catch (IOException e) {
      throw new UnusablePathException(directory + " cannot be made: " + Reasons.of(e), e);
    }
  }

  /** Gives the directory back. */
  @Override
  public void close() {
    lock.close();
  }
}
