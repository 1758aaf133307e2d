package dev.sentinelj.application.worker;

import dev.sentinelj.application.worker.LaneCursor.Way;
import dev.sentinelj.application.worker.Unparking.Attempt;
import dev.sentinelj.core.batch.BatchId;
import java.util.Optional;

/**
 * Where a strand is with the parked batches of one kind. After a portion of them could not be taken
 * up they are taken one by one, and the one that fails again and again is dealt with in each {@link
 * Way} in turn, as one out of the bus is. One owner.
 */
final class ParkedTurn {
  private boolean due = true;
  private boolean alone;
  private Optional<BatchId> suspect = Optional.empty();
  private int tries;

  /** Whether there may be some. */
  boolean due() {
    return due;
  }

  /** There may be some. */
  void found() {
    due = true;
  }

  /**
   * @param most batches at once while all goes well
   */
  Attempt next(int most) {
    return new Attempt(alone ? 1 : most, suspect, Way.after(tries));
  }

  /**
   * A portion was taken up.
   *
   * @param more whether there may be more of them
   */
  void done(boolean more) {
    due = more;
    alone &= more;
    suspect = Optional.empty();
    tries = 0;
  }

  /**
   * A portion could not be taken up because of what it holds.
   *
   * @param first its first batch, if the script came as far
   */
  void failed(Optional<BatchId> first) {
    if (alone) {
      tries = first.equals(suspect) ? tries + 1 : 1;
      suspect = first;
    }
    alone = true;
  }
}
