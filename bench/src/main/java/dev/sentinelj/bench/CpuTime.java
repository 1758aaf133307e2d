package dev.sentinelj.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Processor time that processes have used, from {@code /proc/PID/stat}. */
final class CpuTime {
  /** USER_HZ, the same on every Linux architecture we run on. */
  private static final double TICKS_PER_SECOND = 100;

  /** Places in the file, counted behind the command's closing parenthesis. */
  private static final int USER = 11;

  private static final int SYSTEM = 12;
  private static final int WAITED_USER = 13;
  private static final int WAITED_SYSTEM = 14;

  private CpuTime() {}

  /** Of one process alone, seconds. */
  static double of(long pid) {
    return ticks(pid, USER, SYSTEM) / TICKS_PER_SECOND;
  }

  /** Of a process, the children it has now, and those it had and waited for, seconds. */
  static double ofFamily(ProcessHandle parent) {
    long own = ticks(parent.pid(), USER, SYSTEM, WAITED_USER, WAITED_SYSTEM);
    return (own + parent.children().mapToLong(child -> ticks(child.pid(), USER, SYSTEM)).sum())
        / TICKS_PER_SECOND;
  }

  private static long ticks(long pid, int... places) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      long sum = 0;
      for (int place : places) {
        sum += Long.parseLong(words[place]);
      }
      return sum;
    } catch (NoSuchFileException _) {
      return 0; // it ended meanwhile, and its parent has waited for it
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
