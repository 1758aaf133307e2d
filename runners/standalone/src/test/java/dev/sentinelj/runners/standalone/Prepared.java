package dev.sentinelj.runners.standalone;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What every start of a process would do again, done once: an archive of the loaded classes of
 * {@code sentinel up}, which halves the work of a start, and the unpacked programs of PostgreSQL.
 * The JVM archives classes of jars only, so directories of the class path are packed.
 *
 * @param options of a JVM that uses the archive
 * @param classPath to go with them
 * @param programs folder of PostgreSQL's programs; empty when there is none yet
 */
record Prepared(List<String> options, String classPath, Optional<Path> programs) {

  /** Made when the first test starts a process, for all tests of this JVM. */
  static Prepared shared() {
    return Shared.PREPARED;
  }

  private static final class Shared {
    static final Prepared PREPARED = temporary();
  }

  private static Prepared temporary() {
    try {
      Path directory = Files.createTempDirectory("sentinel-classes");
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> delete(directory)));
      return make(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void delete(Path directory) {
    try {
      PostgresBinaries.deleteTree(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts and stops an installation from nothing, whose JVM writes the archive when it ends. */
  private static Prepared make(Path directory) throws IOException, InterruptedException {
    String classPath = packed(directory);
    Path home = directory.resolve("home");
    Path archive = directory.resolve("up.jsa");
    Prepared writing =
        new Prepared(List.of("-XX:ArchiveClassesAtExit=" + archive), classPath, Optional.empty());
    try (UpProcess up = UpProcess.start(home, writing)) {
      up.awaitReady()
          .api()
          .await("/v1/status", status -> Books.counter(status, "agent_committed_through") > 0);
      up.stop();
    }
    return new Prepared(
        List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable"),
        classPath,
        Optional.of(programs(home.resolve("postgres"))));
  }

  private static Path programs(Path postgres) throws IOException {
    try (Stream<Path> folders = Files.list(postgres)) {
      return folders
          .filter(folder -> Files.isExecutable(folder.resolve("bin").resolve("postgres")))
          .findAny()
          .orElseThrow();
    }
  }

  /** Makes a home that has the programs and nothing else. */
  Path makeHome(Path home) throws IOException {
    Path folder = programs.orElseThrow();
    Path postgres = home.resolve("postgres");
    Files.createDirectory(home);
    Files.createDirectory(
        postgres,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    link(folder, postgres.resolve(folder.getFileName()));
    return home;
  }

  /** The same files at another place. */
  private static void link(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path target = to.resolve(from.relativize(path));
        if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
          Files.createLink(target, path);
        } else {
          Files.copy(path, target, LinkOption.NOFOLLOW_LINKS); // a directory, or a symbolic link
        }
      }
    }
  }

  private static String packed(Path directory) throws IOException {
    List<String> entries = new ArrayList<>();
    String plain = System.getProperty("java.class.path");
    for (String entry : plain.split(File.pathSeparator, -1)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        Path jar = directory.resolve("classes" + entries.size() + ".jar");
        pack(path, jar);
        entries.add(jar.toString());
      } else if (Files.exists(path)) {
        entries.add(entry);
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static void pack(Path from, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream out = new ZipOutputStream(file);
        Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.filter(path -> !path.equals(from)).toList()) {
        boolean directory = Files.isDirectory(path); // looked up by whoever lists resources
        out.putNextEntry(new ZipEntry(from.relativize(path) + (directory ? "/" : "")));
        if (!directory) {
          Files.copy(path, out);
        }
        out.closeEntry();
      }
    }
  }
}
