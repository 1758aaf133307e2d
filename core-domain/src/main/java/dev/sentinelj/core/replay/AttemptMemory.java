package dev.sentinelj.core.replay;

import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.digest.Sha256;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What was answered to recent attempts, so that a transport's own retry hears the same again
 * without effect. It is only a short cut and forgets the oldest attempt when it is full: what is a
 * duplicate is decided by the ledger. Thread safe.
 *
 * @param <A> the answer
 */
public final class AttemptMemory<A> {
  private final int limit;
  private final Map<Attempt, A> answers = new LinkedHashMap<>();

  /**
   * @param limit how many attempts are remembered, at least 1
   */
  public AttemptMemory(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a memory remembers at least 1 attempt, not " + limit);
    }
    this.limit = limit;
  }

  /** One sending of one content under one id. Another content under the id is another attempt. */
  public record Attempt(BatchId id, long attempt, Sha256 contentHash) {}

  public synchronized Optional<A> answerTo(Attempt attempt) {
    return Optional.ofNullable(answers.get(attempt));
  }

  /** Remembers {@code answer}, unless this attempt was answered before: the first answer stays. */
  public synchronized void remember(Attempt attempt, A answer) {
    answers.putIfAbsent(attempt, answer);
    if (answers.size() > limit) {
      answers.remove(answers.keySet().iterator().next());
    }
  }

  public synchronized int size() {
    return answers.size();
  }
}
