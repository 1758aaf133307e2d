package dev.sentinelj.application.gateway;

import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.replay.AttemptMemory;
import dev.sentinelj.core.replay.AttemptMemory.Attempt;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the same attempt have one effect: while it is being published a repeat waits for the same
 * answer, and after the bus acknowledged it a repeat gets the receipt of the first. What was not
 * acknowledged is not remembered. A short cut only; the ledger decides what is a duplicate.
 *
 * <p>Thread safe. Bounded by {@code limit} remembered receipts and by what the publisher takes.
 */
final class Attempts {
  private final AttemptMemory<Receipt> acknowledged;
  private final Map<Attempt, CompletableFuture<IngestVerdict>> underWay = new HashMap<>();

  Attempts(int limit) {
    this.acknowledged = new AttemptMemory<>(limit);
  }

  CompletionStage<IngestVerdict> once(
      Attempt key, Supplier<CompletionStage<IngestVerdict>> publish) {
    CompletableFuture<IngestVerdict> mine = new CompletableFuture<>();
    synchronized (this) {
      Optional<Receipt> receipt = acknowledged.answerTo(key);
      if (receipt.isPresent()) {
        return CompletableFuture.completedFuture(new IngestVerdict.Accepted(receipt.get()));
      }
      CompletableFuture<IngestVerdict> first = underWay.putIfAbsent(key, mine);
      if (first != null) {
        return first;
      }
    }
    publish.get().whenComplete((verdict, failure) -> settle(key, mine, verdict, failure));
    return mine;
  }

  private void settle(
      Attempt key,
      CompletableFuture<IngestVerdict> mine,
      @Nullable IngestVerdict verdict,
      @Nullable Throwable failure) {
    synchronized (this) {
      underWay.remove(key);
      if (verdict instanceof IngestVerdict.Accepted(Receipt receipt)) {
        acknowledged.remember(key, receipt);
      }
    }
    if (verdict != null) {
      mine.complete(verdict);
    } else {
      mine.completeExceptionally(
          failure == null ? new IllegalStateException("no verdict") : failure);
    }
  }
}
