package dev.sentinelj.adapters.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** Small private files that are replaced as a whole or not at all. */
final class AtomicFiles {
  static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");
  static final Set<PosixFilePermission> OWNER_ONLY_DIRECTORY =
      PosixFilePermissions.fromString("rwx------");

  private AtomicFiles() {}

  /** Replaces {@code file} by a file of mode 0600 that holds {@code bytes}, durable on return. */
  static void write(Path file, byte[] bytes) throws IOException {
    Path directory = directoryOf(file);
    Path temp = directory.resolve(file.getFileName() + ".tmp");
    Files.deleteIfExists(temp);
    try (FileChannel channel =
        FileChannel.open(
            temp,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            attributes(directory, OWNER_ONLY))) {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(temp, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    forceDirectory(directory);
  }

  /** Makes the names in a directory durable. */
  interface Forcing {
    void force(Path directory) throws IOException;
  }

  /**
   * Makes {@code directory} with mode 0700, and its parents, unless it is there; durable on return.
   */
  static void createDirectory(Path directory) throws IOException {
    createDirectory(directory, AtomicFiles::forceDirectory);
  }

  static void createDirectory(Path directory, Forcing forcing) throws IOException {
    if (!Files.isDirectory(directory)) {
      Path parent = directoryOf(directory);
      createParents(parent, forcing);
      Files.createDirectories(directory, attributes(parent, OWNER_ONLY_DIRECTORY));
      forcing.force(parent);
    }
  }

  private static void createParents(Path directory, Forcing forcing) throws IOException {
    if (!Files.isDirectory(directory)) {
      Path parent = directoryOf(directory);
      createParents(parent, forcing);
      Files.createDirectories(directory);
      forcing.force(parent);
    }
  }

  static void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  static Path directoryOf(Path file) {
    return Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(Path.of("/"));
  }

  /** Modes exist on POSIX file systems only. */
  static FileAttribute<?>[] attributes(Path near, Set<PosixFilePermission> permissions)
      throws IOException {
    return Files.getFileStore(near).supportsFileAttributeView("posix")
        ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)}
        : new FileAttribute<?>[0];
  }
}
