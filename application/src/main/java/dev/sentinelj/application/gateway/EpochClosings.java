package dev.sentinelj.application.gateway;

import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.ProgressFeed;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Closes epochs, each once at a time: whoever asks meanwhile hears the same answer. A close may
 * wait for a worker's transaction and has a connection of the database while it does, so an agent
 * that asks again and again must not get all of them. Thread safe.
 */
final class EpochClosings {
  /** Most epochs being closed at once; beyond it the agent asks again. */
  static final int MAX_UNDER_WAY = 4;

  private final ProgressFeed feed;
  private final Map<EpochId, CompletableFuture<Void>> underWay = new HashMap<>();

  EpochClosings(ProgressFeed feed) {
    this.feed = feed;
  }

  CompletionStage<Void> close(EpochId epoch) {
    CompletableFuture<Void> mine = new CompletableFuture<>();
    synchronized (this) {
      CompletableFuture<Void> others = underWay.get(epoch);
      if (others != null) {
        return others;
      }
      if (underWay.size() >= MAX_UNDER_WAY) {
        return CompletableFuture.failedFuture(
            new PortUnavailableException("closing " + epoch + ": others are being closed"));
      }
      underWay.put(epoch, mine);
    }
    feed.close(epoch).whenComplete((_, failure) -> end(epoch, mine, failure));
    return mine;
  }

  private void end(EpochId epoch, CompletableFuture<Void> close, @Nullable Throwable failure) {
    synchronized (this) {
      underWay.remove(epoch);
    }
    if (failure == null) {
      close.complete(null);
    } else {
      close.completeExceptionally(failure);
    }
  }
}
