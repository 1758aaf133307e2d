package dev.sentinelj.runners.standalone;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** How programs of PostgreSQL are run: without privileges, and ended without harm. */
final class PostgresProcess {
  private static final Duration STOP_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration POLL = Duration.ofMillis(50);

  private PostgresProcess() {}

  /**
   * In a session of its own, so that Ctrl-C at a terminal reaches us and not the database first. As
   * root in a user namespace without a mapping, which takes every privilege away: PostgreSQL
   * insists.
   */
  static List<String> unprivileged(String... command) {
    List<String> whole = new ArrayList<>(List.of("setsid"));
    if (isRoot()) {
      whole.addAll(List.of("unshare", "--user"));
    }
    whole.addAll(List.of(command));
    return whole;
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** What to look at when a program does not start, to stand behind a message. */
  static String namespaceHint() {
    return isRoot()
        ? " (started as root: this needs user namespaces, else run as an ordinary user)"
        : "";
  }

  /** The exit code; -1 when it took too long and was killed. */
  static int awaitExit(Process process, Duration timeout) {
    try {
      if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        return -1;
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while the database was made", e);
    }
  }

  /** SIGINT, PostgreSQL's fast shutdown; SIGQUIT when that takes too long. */
  static void stop(ProcessHandle server) {
    if (!server.isAlive()) {
      return; // its number may be another's by now
    }
    signal(server, "INT");
    if (!awaitEnd(server)) {
      signal(server, "QUIT");
      awaitEnd(server);
    }
  }

  private static boolean awaitEnd(ProcessHandle server) {
    long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
    while (server.isAlive() && System.nanoTime() < deadline) {
      pause();
    }
    return !server.isAlive();
  }

  private static void signal(ProcessHandle server, String name) {
    try {
      awaitExit(
          new ProcessBuilder("kill", "-" + name, Long.toString(server.pid())).start(),
          STOP_TIMEOUT);
    } catch (IOException e) {
      server.destroy();
    }
  }

  /** Waits a moment before looking again. */
  static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StartException("interrupted while waiting for the database", e);
    }
  }
}
