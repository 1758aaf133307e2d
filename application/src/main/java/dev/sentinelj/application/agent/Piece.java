package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Batches of a former log that are held against the ledger at once.
 *
 * @param batches in order of seq
 * @param doubtful those that only the ledger can say something of
 */
record Piece(List<SignedBatch> batches, List<SignedBatch> doubtful) {
  static final Piece NONE = new Piece(List.of(), List.of());

  static Piece of(List<SignedBatch> batches, Predicate<SignedBatch> doubtful) {
    return new Piece(batches, batches.stream().filter(doubtful).toList());
  }

  boolean isEmpty() {
    return batches.isEmpty();
  }

  /** The question about what is doubtful, of which there must be some. */
  ReconcileQuery question() {
    SignedBatch first = doubtful.getFirst();
    return new ReconcileQuery(
        first.id().epoch().epoch(),
        first.id().seq(),
        doubtful.getLast().id().seq(),
        ReconcileQuery.digestOf(doubtful.stream().map(SignedBatch::contentHash).toList()));
  }

  /** What the ledger has of that, with the same content. */
  Set<SignedBatch> stored(ReconcileAnswer answer) {
    return switch (answer) {
      case ReconcileAnswer.Equal _ -> new HashSet<>(doubtful);
      case ReconcileAnswer.Differs differs -> {
        Map<Long, Sha256> ledger = differs.hashes();
        Set<SignedBatch> stored = new HashSet<>(doubtful);
        stored.removeIf(batch -> !batch.contentHash().equals(ledger.get(batch.id().seq())));
        yield stored;
      }
    };
  }
}
