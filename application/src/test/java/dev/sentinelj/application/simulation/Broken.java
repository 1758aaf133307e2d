package dev.sentinelj.application.simulation;

import dev.sentinelj.testkit.sim.SimulatedWorld;
import java.util.function.Supplier;

/** A promise was broken; the message begins with which. */
final class Broken extends AssertionError {
  private static final long serialVersionUID = 1L;

  private final Promise promise;
  private final String what;

  Broken(Promise promise, String message) {
    super(promise + ": " + message);
    this.promise = promise;
    this.what = promise + ": " + message;
  }

  private Broken(Promise promise, String what, String message, Throwable cause) {
    super(message, cause);
    this.promise = promise;
    this.what = what;
  }

  /** What the pipeline promises. */
  enum Promise {
    /** ACCEPTED is told only of what the bus has. */
    ACCEPTED_IS_ON_THE_BUS,
    /** A segment is deleted only when the ledger has exactly its batches. */
    DELETED_IS_COMMITTED,
    /** A position moves past nothing that had no effect. */
    POSITIONS_SKIP_NOTHING,
    /** Windows hold what was committed. */
    WINDOWS_EQUAL_COMMITS,
    /** A log gives out each seq once. */
    SEQS_ARE_GIVEN_OUT_ONCE,
    /** A log is carried over only when nothing of its epoch can come in any more. */
    COPIES_COME_FROM_CLOSED_EPOCHS,
    NOTHING_LOST,
    /** No batch waits in vain for a series set that its agent has. */
    NOTHING_GIVEN_UP,
    NOTHING_DOUBLED,
    NOTHING_INVENTED,
    NOTHING_ALTERED,
    EVERYTHING_ACCOUNTED_FOR,
    /** After the faults everything drains within a bound. */
    IT_DRAINS,
    /** Nothing throws what it does not declare. */
    NOTHING_UNEXPECTED
  }

  Promise promise() {
    return promise;
  }

  /** One line: the promise and how it was broken. */
  String what() {
    return what;
  }

  /** The same with what happened before. */
  Broken after(SimulatedWorld world) {
    String happened = String.join("\n  ", world.lately());
    long millis = world.events().elapsedMillis();
    String message = "%s%nafter %,d ms:%n  %s".formatted(what, millis, happened);
    return new Broken(promise, what, message, this);
  }

  /** Something was thrown that nobody declares. */
  static Broken unexpected(Throwable thrown) {
    String what = Promise.NOTHING_UNEXPECTED + ": " + thrown;
    return new Broken(Promise.NOTHING_UNEXPECTED, what, what, thrown);
  }

  /** Fails unless {@code kept}. */
  static void unless(boolean kept, Promise promise, Supplier<String> message) {
    if (!kept) {
      throw new Broken(promise, message.get());
    }
  }
}
