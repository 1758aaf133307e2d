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
import java.util.concurrent.TimeUnit;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** {@code sentinel up}: starts everything, waits to be told to stop, stops everything. */
public final class UpRunner implements UpLauncher {

  /** Longer than every part may take to stop; after it the process ends all the same. */
  private static final long STOP_MILLIS = 90_000;

  @Override
  public int run(UpOptions options, CliContext context) {
    CountDownLatch stop = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    stopOnSignal(stop, ended);
    logLibrariesWithUs();
    try {
      runUntil(stop, options, context);
      return ExitCode.OK;
    } finally {
      ended.countDown();
    }
  }

  /** Libraries that use the JDK's own logging write to the same file, not to the terminal. */
  private static void logLibrariesWithUs() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  private static void runUntil(CountDownLatch stop, UpOptions options, CliContext context) {
    long started = System.nanoTime();
    try (Installation installation = start(options)) {
      if (stop.getCount() > 0 || installation.firstPassword().isPresent()) {
        Announcement.of(installation, context.home(), System.nanoTime() - started)
            .print(context.out());
      }
      awaitStop(stop, context);
    }
    context
        .out()
        .println(
            options.ephemeral()
                ? "stopped; nothing is kept"
                : "stopped; what was collected is kept and goes on next time");
    context.out().flush();
  }

  private static Installation start(UpOptions options) {
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

  private static void awaitStop(CountDownLatch stop, CliContext context) {
    try {
      stop.await();
      context.out().println();
      context.out().println("stopping ...");
      context.out().flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * On SIGINT or SIGTERM, from before the start on: a start under way is gone through with, so that
   * nothing it began is left behind. The hook holds the end of the Java machine back until
   * everything is closed. A stop that was asked for is a success, whatever signal asked.
   */
  private static void stopOnSignal(CountDownLatch stop, CountDownLatch ended) {
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("stop")
                .unstarted(() -> {
                  if (ended.getCount() > 0) {
                    stop.countDown();
                    Runtime.getRuntime().halt(await(ended) ? ExitCode.OK : ExitCode.FAILED);
                  }
                }));
  }

  private static boolean await(CountDownLatch ended) {
    try {
      return ended.await(STOP_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
