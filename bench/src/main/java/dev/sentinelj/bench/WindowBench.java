package dev.sentinelj.bench;

import dev.sentinelj.core.window.RollingWindow;
import java.util.Collection;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Adding a sample per second to a window of five minutes. The floor writes the same time and value
 * into two plain rings.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class WindowBench {
  private static final int SLOTS = 64;

  private final RollingWindow window = new RollingWindow(300_000);
  private final long[] times = new long[SLOTS];
  private final double[] values = new double[SLOTS];
  private long millis = 1_700_000_000_000L;
  private double value;

  @Benchmark
  public boolean add() {
    millis += 1_000;
    value += 0.25;
    return window.add(millis, value);
  }

  @Benchmark
  public double ringWrite() {
    millis += 1_000;
    value += 0.25;
    int slot = (int) (millis / 1_000 & (SLOTS - 1));
    times[slot] = millis;
    values[slot] = value;
    return value;
  }

  /** Takes the options of JMH. */
  public static void main(String[] args) throws RunnerException, CommandLineOptionException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .parent(new CommandLineOptions(args))
                    .include(WindowBench.class.getSimpleName())
                    .addProfiler(GCProfiler.class)
                    .build())
            .run();
    double add = nanos(results, "add");
    double floor = nanos(results, "ringWrite");
    System.out.println();
    Machine.print();
    System.out.printf(
        Locale.ROOT,
        "window    %.2f ns and %.3f B per add; floor, a plain ring write, %.2f ns; ratio %.1f%n",
        add,
        bytes(results, "add"),
        floor,
        add / floor);
  }

  private static double nanos(Collection<RunResult> results, String name) {
    return result(results, name).getPrimaryResult().getScore();
  }

  private static double bytes(Collection<RunResult> results, String name) {
    Result<?> allocated = result(results, name).getSecondaryResults().get("gc.alloc.rate.norm");
    return allocated == null ? Double.NaN : allocated.getScore();
  }

  private static RunResult result(Collection<RunResult> results, String name) {
    return results.stream()
        .filter(one -> one.getParams().getBenchmark().endsWith("." + name))
        .findFirst()
        .orElseThrow();
  }
}
