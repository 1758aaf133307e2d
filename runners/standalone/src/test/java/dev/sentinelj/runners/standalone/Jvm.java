package dev.sentinelj.runners.standalone;

import dev.sentinelj.core.failpoint.Failpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A Java machine of its own, as tests start it. */
final class Jvm {
  private Jvm() {}

  /**
   * What starts {@code main}, logging as installed programs do.
   *
   * @param options of the Java machine, beside those of all
   */
  static List<String> command(
      Prepared prepared, List<String> options, Class<?> main, List<String> args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-Dlogback.configurationFile=logback.xml",
            "--enable-native-access=ALL-UNNAMED"));
    command.addAll(prepared.options());
    command.addAll(options);
    command.addAll(List.of("-cp", prepared.classPath(), main.getName()));
    command.addAll(args);
    return command;
  }

  /** Whether it ended within so many seconds as a process that was killed. */
  static boolean died(Process process, long seconds) throws InterruptedException {
    return process.waitFor(seconds, TimeUnit.SECONDS) && process.exitValue() == Failpoint.KILLED;
  }
}
