package dev.sentinelj.application.gateway;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.ProgressFeed;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks the database once a second what it has committed, and has the agents of this gateway told.
 * One question is under way at a time, however slow the answers are.
 *
 * <p>{@link #poll} is called by one thread; answers come on any.
 */
public final class CommittedRelay {
  private static final long EVERY_MILLIS = 1_000;

  private final ProgressFeed feed;
  private final SessionDirectory sessions;
  private Optional<String> cursor = Optional.empty();
  private Optional<Now> askedAt = Optional.empty();
  private boolean asking;
  private boolean answers;

  public CommittedRelay(ProgressFeed feed, SessionDirectory sessions) {
    this.feed = feed;
    this.sessions = sessions;
  }

  public void poll(Now now) {
    Optional<String> from;
    synchronized (this) {
      boolean early = askedAt.isPresent() && now.millisSince(askedAt.get()) < EVERY_MILLIS;
      if (asking || early) {
        return;
      }
      asking = true;
      askedAt = Optional.of(now);
      from = cursor;
    }
    ask(from);
  }

  /** Whether the last question was answered; false until the first was. */
  public synchronized boolean answers() {
    return answers;
  }

  private void ask(Optional<String> from) {
    try {
      feed.changedSince(from)
          .thenAccept(this::tell)
          .thenCompose(_ -> feed.deleted())
          .whenComplete((deleted, _) -> finish(deleted));
    } catch (PortUnavailableException e) {
      finish(null);
    }
  }

  private void tell(ProgressFeed.Page page) {
    sessions.tell(page.words());
    synchronized (this) {
      cursor =
          Optional.of(page.cursor()); // behind the telling: what failed to be told is asked again
    }
  }

  private void finish(@Nullable List<AgentId> deleted) {
    if (deleted != null && !deleted.isEmpty()) {
      sessions.endDeleted(Set.copyOf(deleted));
    }
    synchronized (this) {
      asking = false;
      answers = deleted != null;
    }
  }
}
