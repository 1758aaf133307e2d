package dev.sentinelj.runners.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code postmaster.pid} of a data directory: who serves it, as far as that can be told.
 *
 * @param port where it listens; 0 while it does not say
 */
record PostmasterFile(long pid, int port) {
  private static final int PORT_LINE = 3;

  /** The file in {@code data}, if there is one that can be read. */
  static Optional<PostmasterFile> in(Path data) {
    try {
      List<String> lines = Files.readAllLines(path(data));
      return lines.isEmpty()
          ? Optional.empty()
          : Optional.of(
              new PostmasterFile(Long.parseLong(lines.getFirst().strip()), portIn(lines)));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  static Path path(Path data) {
    return data.resolve("postmaster.pid");
  }

  private static int portIn(List<String> lines) {
    return lines.size() > PORT_LINE ? Integer.parseInt(lines.get(PORT_LINE).strip()) : 0;
  }

  /**
   * The live server of {@code data}; a process that merely got the same number since does not
   * count.
   */
  Optional<ProcessHandle> serverOf(Path data) {
    return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(process -> worksIn(data));
  }

  /** PostgreSQL makes its data directory its working directory. */
  private boolean worksIn(Path data) {
    try {
      return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "cwd"))
          .equals(data.toRealPath());
    } catch (IOException e) {
      return false;
    }
  }
}
