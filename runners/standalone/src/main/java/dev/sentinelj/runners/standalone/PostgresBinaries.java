package dev.sentinelj.runners.standalone;

import dev.sentinelj.core.digest.Sha256;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/**
 * The PostgreSQL programs that travel in a jar, unpacked once under the data directory. The folder
 * is named after the hash of the archive, and appears whole or not at all.
 */
final class PostgresBinaries {
  private final Path folder;

  private PostgresBinaries(Path folder) {
    this.folder = folder;
  }

  /** The programs under {@code parent}, unpacked now when they are not there yet. */
  static PostgresBinaries under(Path parent) {
    byte[] archive = archive();
    String name = "postgres-" + Sha256.of(archive).toHex().substring(0, 16);
    Path folder = parent.resolve(name);
    try {
      if (!Files.isDirectory(folder)) {
        unpackInto(parent, folder, archive);
      }
      return new PostgresBinaries(folder);
    } catch (IOException e) {
      throw new StartException(
          "cannot unpack PostgreSQL into "
              + folder
              + " ("
              + e.getMessage()
              + "): free some space there",
          e);
    }
  }

  Path program(String name) {
    return folder.resolve("bin").resolve(name);
  }

  private static byte[] archive() {
    String resource = "/postgres-linux-" + architecture() + ".txz";
    try (InputStream in = PostgresBinaries.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new StartException(
            "no PostgreSQL for "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.arch")
                + " is packed in: run on Linux x86_64, or try it with --ephemeral");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new StartException("the packed PostgreSQL cannot be read: build again", e);
    }
  }

  private static String architecture() {
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return arch.equals("amd64") ? "x86_64" : arch;
  }

  private static void unpackInto(Path parent, Path folder, byte[] archive) throws IOException {
    Files.createDirectories(parent);
    Path temporary = Files.createTempDirectory(parent, "unpacking-");
    try {
      unpack(archive, temporary);
      Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException e) {
      deleteTree(temporary);
    } catch (IOException e) {
      deleteTree(temporary);
      throw e;
    }
  }

  private static void unpack(byte[] archive, Path target) throws IOException {
    try (InputStream bytes = new BufferedInputStream(new ByteArrayInputStream(archive));
        TarArchiveInputStream tar = new TarArchiveInputStream(new XZCompressorInputStream(bytes))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        write(tar, entry, inside(target, entry.getName()));
      }
    }
  }

  private static Path inside(Path target, String name) throws IOException {
    Path path = target.resolve(name).normalize();
    if (!path.startsWith(target)) {
      throw new IOException("an entry of the archive lies outside of it: " + name);
    }
    return path;
  }

  private static void write(TarArchiveInputStream tar, TarArchiveEntry entry, Path path)
      throws IOException {
    if (entry.isDirectory()) {
      Files.createDirectories(path);
      return;
    }
    Path parent = path.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    if (entry.isSymbolicLink()) {
      Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
    } else {
      Files.copy(tar, path);
      boolean executable = (entry.getMode() & 0100) != 0;
      Files.setPosixFilePermissions(
          path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
  }

  static void deleteTree(Path root) throws IOException {
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
