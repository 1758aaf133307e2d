package dev.sentinelj.testkit.fuzz;

/**
 * From when on CPU time is a finding. The time is that of the thread alone, waiting excluded, and
 * the least of several runs.
 */
public enum Pace {
  /** What is promised. For a machine that does little else: a campaign. */
  PROMISED(1, 0),

  /**
   * Twice that and 20 ms. For a build on a machine at work: the slowest target stays seven times
   * below it, and the fastest of several runs is slowed down by a shared cache or a neighbour on
   * the same core, never by that much. Comparing ten thousand series each with each reaches it.
   *
   * <p>Counting work instead was no way: such a comparison allocates nothing, and a counter inside
   * of the parsers would be the test's hand in the code.
   */
  LAX(2, 20_000_000);

  private final int factor;
  private final long constantNanos;

  Pace(int factor, long constantNanos) {
    this.factor = factor;
    this.constantNanos = constantNanos;
  }

  /** Most CPU time for an input that was promised to take {@code nanos}. */
  long allows(long nanos) {
    return factor * nanos + constantNanos;
  }
}
