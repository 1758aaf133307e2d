package dev.sentinelj.adapters.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes one process the only user of a directory, until it closes this or dies. The file {@value
 * #FILE} in it names the process. Nothing is left to clean up after a crash.
 */
public final class DirectoryLock implements AutoCloseable {
  public static final String FILE = "lock";

  /**
   * Held by this process. Looked at before the file is opened: closing any second descriptor of it
   * would give up the lock of the first (POSIX).
   */
  private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /** Opens something in a directory that is locked for it, and that closes the lock. */
  interface Opening<T> {
    T open(DirectoryLock lock) throws IOException;
  }

  /**
   * Opens something in {@code directory}, which is made when missing and locked. The lock is what
   * was opened's to close; when nothing could be opened the directory is given back at once.
   *
   * @throws UnusablePathException when the directory is in use, or cannot be made, read or written
   */
  static <T> T open(Path directory, Opening<T> opening) {
    DirectoryLock lock = made(directory);
    boolean opened = false;
    try {
      T result = opening.open(lock);
      opened = true;
      return result;
    } catch (IOException e) {
      throw new UnusablePathException(directory + " cannot be read: " + Reasons.of(e), e);
    } finally {
      if (!opened) {
        lock.close();
      }
    }
  }

  private static DirectoryLock made(Path directory) {
    try {
      AtomicFiles.createDirectory(directory);
    } catch (IOException e) {
      throw new UnusablePathException(directory + " cannot be made: " + Reasons.of(e), e);
    }
    return acquire(directory);
  }

  /**
   * Takes the lock of {@code directory}, which must exist.
   *
   * @throws UnusablePathException when another user has it, with the id of its process, or when the
   *     directory cannot be written
   */
  public static DirectoryLock acquire(Path directory) {
    Path real;
    try {
      real = directory.toRealPath();
    } catch (IOException e) {
      throw new UnusablePathException(directory + " cannot be opened: " + Reasons.of(e), e);
    }
    if (!HELD.add(real)) {
      throw inUse(directory, Long.toString(ProcessHandle.current().pid()));
    }
    boolean taken = false;
    try {
      DirectoryLock lock = take(real);
      taken = true;
      return lock;
    } catch (IOException e) {
      throw new UnusablePathException(directory + " cannot be locked: " + Reasons.of(e), e);
    } finally {
      if (!taken) {
        HELD.remove(real);
      }
    }
  }

  private static DirectoryLock take(Path directory) throws IOException {
    Path file = directory.resolve(FILE);
    FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            AtomicFiles.attributes(directory, AtomicFiles.OWNER_ONLY));
    boolean taken = false;
    try {
      Optional<FileLock> lock = Optional.ofNullable(channel.tryLock());
      taken = lock.isPresent();
    } finally {
      if (!taken) {
        channel.close();
      }
    }
    if (!taken) {
      throw inUse(directory, Files.readString(file).strip());
    }
    sign(channel);
    return new DirectoryLock(directory, channel);
  }

  /** Whose it is serves a message only: on a full disk the lock holds without it. */
  private static void sign(FileChannel channel) {
    String pid = ProcessHandle.current().pid() + "\n";
    try {
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)), 0);
    } catch (IOException e) {
      // Who is kept out reads "another process".
    }
  }

  private static UnusablePathException inUse(Path directory, String pid) {
    String who = pid.matches("\\d{1,10}") ? "process " + pid : "another process";
    return new UnusablePathException(
        directory + " is in use by " + who + ": stop it, or use another directory");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UnusablePathException(directory + " cannot be unlocked: " + Reasons.of(e), e);
    } finally {
      HELD.remove(directory);
    }
  }
}
