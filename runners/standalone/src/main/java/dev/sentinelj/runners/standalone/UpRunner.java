package dev.sentinelj.runners.standalone;

import dev.sentinelj.adapters.files.UnusablePathException;
import dev.sentinelj.adapters.grpc.CannotListenException;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.runners.cli.CliContext;
import dev.sentinelj.runners.cli.CliException;
import dev.sentinelj.runners.cli.ExitCode;
import dev.sentinelj.runners.cli.UpLauncher;
import dev.sentinelj.runners.cli.UpOptions;
import dev.sentinelj.runners.runtime.Settings.BadSettingException;
import java.io.UncheckedIOException;
import java.util.concurrent.CountDownLatch;

/** {@code sentinel up}: starts everything, waits to be told to stop, stops everything. */
public final class UpRunner implements UpLauncher {

  /** Longer than every part may take to stop; after it the process ends all the same. */
  private static final long STOP_MILLIS = 90_000;

  @Override
  public int run(UpOptions options, CliContext context) {
    long started = System.nanoTime();
    try (Installation installation = start(options)) {
      Announcement.of(installation, System.nanoTime() - started).print(context.out());
      awaitStop(context);
    }
    context.out().println("stopped; what was collected is kept and goes on next time");
    context.out().flush();
    return ExitCode.OK;
  }

  private static Installation start(UpOptions options) {
    System.setProperty("sentinel.logs", new Home(options.home()).logs().toString());
    try {
      return Installation.start(options);
    } catch (BadSettingException e) {
      throw new CliException(ExitCode.USAGE, String.valueOf(e.getMessage()));
    } catch (StartException
        | UnusablePathException
        | CannotListenException
        | UncheckedIOException
        | PortUnavailableException e) {
      throw new CliException(ExitCode.FAILED, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Until SIGINT or SIGTERM. The hook holds the end of the Java machine back until everything is
   * closed.
   */
  private static void awaitStop(CliContext context) {
    CountDownLatch stop = new CountDownLatch(1);
    Thread main = Thread.currentThread();
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> {
                  stop.countDown();
                  joinThenHalt(main);
                }));
    try {
      stop.await();
      context.out().println();
      context.out().println("stopping ...");
      context.out().flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A stop that was asked for is a success, whatever signal asked. */
  private static void joinThenHalt(Thread main) {
    try {
      main.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(main.isAlive() ? ExitCode.FAILED : ExitCode.OK);
  }
}
