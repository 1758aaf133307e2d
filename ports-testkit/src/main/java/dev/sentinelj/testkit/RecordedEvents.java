package dev.sentinelj.testkit;

import dev.sentinelj.core.session.Downlink;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Remembers what an agent hears, in order, and lets a test wait for it. Thread safe. */
public final class RecordedEvents implements Consumer<Downlink> {
  private static final long PATIENCE_SECONDS = 10;

  private final BlockingQueue<Downlink> unread = new LinkedBlockingQueue<>();
  private final AtomicInteger inside = new AtomicInteger();
  private volatile boolean overlapped;

  @Override
  public void accept(Downlink event) {
    if (inside.incrementAndGet() != 1) {
      overlapped = true;
    }
    unread.add(event);
    inside.decrementAndGet();
  }

  /**
   * The next event nobody has read yet, which must be of this kind.
   *
   * @throws AssertionError when it is of another, or none comes within ten seconds
   */
  public <E extends Downlink> E next(Class<E> kind) {
    Downlink event = Waiting.next(unread, kind.getSimpleName(), PATIENCE_SECONDS, TimeUnit.SECONDS);
    if (!kind.isInstance(event)) {
      throw new AssertionError("expected " + kind.getSimpleName() + ", heard " + event);
    }
    return kind.cast(event);
  }

  /** What was heard and not read so far. */
  public List<Downlink> unread() {
    return List.copyOf(unread);
  }

  /** Whether two events were ever delivered at the same time. */
  public boolean overlapped() {
    return overlapped;
  }
}
