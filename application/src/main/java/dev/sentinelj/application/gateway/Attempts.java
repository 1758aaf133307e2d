package dev.sentinelj.application.gateway;

import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.Receipt;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
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
  private final int limit;
  private final Map<Key, Receipt> acknowledged = new LinkedHashMap<>();
  private final Map<Key, CompletableFuture<IngestVerdict>> underWay = new HashMap<>();

  Attempts(int limit) {
    this.limit = limit;
  }

  record Key(BatchId id, long attempt, Sha256 contentHash) {}

  CompletionStage<IngestVerdict> once(Key key, Supplier<CompletionStage<IngestVerdict>> publish) {
    CompletableFuture<IngestVerdict> mine = new CompletableFuture<>();
    synchronized (this) {
      Receipt receipt = acknowledged.get(key);
      if (receipt != null) {
        return CompletableFuture.completedFuture(new IngestVerdict.Accepted(receipt));
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
      Key key,
      CompletableFuture<IngestVerdict> mine,
      @Nullable IngestVerdict verdict,
      @Nullable Throwable failure) {
    synchronized (this) {
      underWay.remove(key);
      if (verdict instanceof IngestVerdict.Accepted(Receipt receipt)) {
        remember(key, receipt);
      }
    }
    if (verdict != null) {
      mine.complete(verdict);
    } else {
      mine.completeExceptionally(
          failure == null ? new IllegalStateException("no verdict") : failure);
    }
  }

  private void remember(Key key, Receipt receipt) {
    acknowledged.put(key, receipt);
    if (acknowledged.size() > limit) {
      acknowledged.remove(acknowledged.keySet().iterator().next());
    }
  }
}
