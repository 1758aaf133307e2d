package dev.sentinelj.adapters.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Files that only their owner may read. */
final class PrivateFiles {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.of(
          PosixFilePermission.GROUP_READ,
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE);

  private PrivateFiles() {}

  /**
   * @throws UnusablePathException when group or others may read or write {@code file}; the message
   *     says the command that mends it
   */
  static void requireOwnerOnly(Path file) throws IOException {
    Optional<PosixFileAttributeView> view =
        Optional.ofNullable(Files.getFileAttributeView(file, PosixFileAttributeView.class));
    if (view.isEmpty()) {
      return; // no modes on this file system
    }
    Set<PosixFilePermission> open = EnumSet.copyOf(OTHERS);
    open.retainAll(view.get().readAttributes().permissions());
    if (!open.isEmpty()) {
      throw new UnusablePathException(
          file + " holds a secret and is open to other users: run  chmod 600 " + file);
    }
  }
}
