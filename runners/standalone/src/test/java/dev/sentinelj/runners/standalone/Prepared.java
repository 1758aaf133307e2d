package dev.sentinelj.runners.standalone;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * An archive of the loaded classes of {@code sentinel up}, which nearly halves the work of a start:
 * for tests that start it many times. The JVM archives classes of jars only, so directories of the
 * class path are packed.
 *
 * @param options of a JVM that uses it
 * @param classPath to go with them
 */
record ClassArchive(List<String> options, String classPath) {
  /** No archive. */
  static final ClassArchive NONE =
      new ClassArchive(List.of(), System.getProperty("java.class.path"));

  /** Starts and stops an installation in memory, whose JVM writes the archive when it ends. */
  static ClassArchive make(Path directory) throws IOException, InterruptedException {
    String classPath = packed(directory);
    Path archive = directory.resolve("up.jsa");
    ClassArchive writing =
        new ClassArchive(List.of("-XX:ArchiveClassesAtExit=" + archive), classPath);
    List<String> args =
        List.of("up", "--ephemeral", "--http-port", "0", "--grpc-port", "0", "--interval", "1");
    try (UpProcess up = UpProcess.run(directory.resolve("home"), writing, List.of(), args)) {
      up.awaitReady();
      up.stop();
    }
    return new ClassArchive(
        List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable"), classPath);
  }

  private static String packed(Path directory) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : NONE.classPath().split(File.pathSeparator, -1)) {
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
