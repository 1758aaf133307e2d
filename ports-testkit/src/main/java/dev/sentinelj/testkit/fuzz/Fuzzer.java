package dev.sentinelj.testkit.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Feeds damaged inputs to a target and measures each: what it throws, what its thread allocates,
 * how long its CPU works. Input {@code index} follows from target, seed and index alone, so that
 * any of them can be run again by itself.
 */
public final class Fuzzer {
  /**
   * How often an input beyond a bound is run again; the least counts. A first call may load
   * classes, and a thread's CPU time holds what the machine did to it.
   */
  private static final int REPEATS = 3;

  /** How many inputs warm a target up. */
  private static final int WARM_UP = 300;

  private static final int MAX_FINDINGS = 20;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final FuzzTarget target;
  private final long seed;
  private final Pace pace;
  private final List<byte[]> samples;
  private final List<FuzzFinding> findings = new ArrayList<>();
  private long inputs;
  private long accepted;
  private long beyondTwice;
  private double acceptedRatio;
  private long nanosPerKib;

  public Fuzzer(FuzzTarget target, long seed, Pace pace) {
    this.target = target;
    this.seed = seed;
    this.pace = pace;
    this.samples = target.samples();
    warmUp();
  }

  /** The input of this index. */
  public byte[] input(long index) {
    SplittableRandom random =
        new SplittableRandom(
            (seed * 0x9E3779B97F4A7C15L + target.name().hashCode()) * 0xD1342543DE82EF95L + index);
    return target.dress(Mutator.mutate(random, samples), random);
  }

  /** Runs the inputs of these indexes, the second one excluded, and tells what they did. */
  public FuzzFigures run(long from, long to) {
    forget();
    for (long index = from; index < to; index++) {
      feed(index, input(index));
    }
    return figures();
  }

  /** Runs one input that is not made from the seed. */
  public FuzzFigures runInput(byte[] input) {
    forget();
    feed(-1, input);
    return figures();
  }

  private FuzzFigures figures() {
    return new FuzzFigures(
        target.name(), inputs, accepted, beyondTwice, acceptedRatio, nanosPerKib, findings);
  }

  private void forget() {
    findings.clear();
    inputs = 0;
    accepted = 0;
    beyondTwice = 0;
    acceptedRatio = 0;
    nanosPerKib = 0;
  }

  private void warmUp() {
    for (byte[] sample : samples) {
      feed(-1, sample);
    }
    for (long index = -WARM_UP; index < 0; index++) {
      feed(index, input(index));
    }
    forget();
  }

  /** What one call did. */
  private record Cost(boolean accepted, long allocated, long nanos) {
    Cost least(Cost other) {
      return new Cost(accepted, Math.min(allocated, other.allocated), Math.min(nanos, other.nanos));
    }
  }

  private void feed(long index, byte[] input) {
    inputs++;
    try {
      FuzzTarget.Trial trial = target.prepare(input);
      Cost cost = measure(trial);
      for (int i = 0; i < REPEATS && tooMuch(trial, cost); i++) {
        cost = cost.least(measure(target.prepare(input)));
      }
      judge(index, input, trial, cost);
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError | AssertionError e) {
      // Whatever it is: that it came is the finding.
      StackTraceElement[] trace = e.getStackTrace();
      find(index, input, "threw " + e + (trace.length > 0 ? " at " + trace[0] : ""));
    }
  }

  private static Cost measure(FuzzTarget.Trial trial) {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long nanos = THREADS.getCurrentThreadCpuTime();
    boolean accepted = trial.parse().getAsBoolean();
    long spent = THREADS.getCurrentThreadCpuTime() - nanos;
    return new Cost(accepted, THREADS.getCurrentThreadAllocatedBytes() - allocated, spent);
  }

  private boolean tooMuch(FuzzTarget.Trial trial, Cost cost) {
    boolean record = nanosPerKib > 0 && cost.nanos() / FuzzTarget.kib(trial.bytes()) > nanosPerKib;
    return cost.allocated() > allowed(trial, cost) || cost.nanos() > nanos(trial) || record;
  }

  private long nanos(FuzzTarget.Trial trial) {
    return pace.allows(target.nanos(trial.bytes()));
  }

  private long allowed(FuzzTarget.Trial trial, Cost cost) {
    return cost.accepted()
        ? target.acceptedBytes(trial.bytes())
        : target.refusedBytes(trial.bytes());
  }

  private void judge(long index, byte[] input, FuzzTarget.Trial trial, Cost cost) {
    long bytes = trial.bytes();
    if (cost.accepted()) {
      accepted++;
      acceptedRatio = Math.max(acceptedRatio, (double) cost.allocated() / Math.max(1024, bytes));
    } else {
      beyondTwice = Math.max(beyondTwice, cost.allocated() - 2 * bytes);
      nanosPerKib = Math.max(nanosPerKib, cost.nanos() / FuzzTarget.kib(bytes));
    }
    if (cost.allocated() > allowed(trial, cost)) {
      String verdict = cost.accepted() ? "accepting " : "refusing ";
      find(index, input, verdict + bytes + " bytes allocated " + cost.allocated());
    }
    if (cost.nanos() > nanos(trial)) {
      find(index, input, bytes + " bytes took " + cost.nanos() + " ns of CPU");
    }
  }

  private void find(long index, byte[] input, String what) {
    if (findings.size() < MAX_FINDINGS) {
      findings.add(new FuzzFinding(target.name(), seed, index, input, what));
    }
  }
}
