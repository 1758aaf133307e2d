package dev.sentinelj.application.worker;

import dev.sentinelj.core.window.WindowStats;
import java.util.Optional;

/** Looks into the windows of a strand from outside its package. */
public final class StrandWindows {
  private StrandWindows() {}

  /** What the window of a series holds up to its newest sample; empty while nothing is loaded. */
  public static Optional<WindowStats> of(WorkerStrand strand, int partition, long seriesId) {
    return strand.windows(partition).map(windows -> windows.statsAt(seriesId, Long.MIN_VALUE));
  }
}
