package dev.sentinelj.testkit;

import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.session.HeartbeatProof;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driving.AgentSessions;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A gateway's sessions that answer as a test tells them and remember what arrived. Without a script
 * they open for whoever holds the key and leave every push unanswered. Thread safe.
 */
public final class ScriptedSessions implements AgentSessions {
  private static final long PATIENCE_SECONDS = 10;

  private final AgentKey key;
  private final BlockingQueue<RawSubmission> pushes = new LinkedBlockingQueue<>();
  private final BlockingQueue<Long> heartbeats = new LinkedBlockingQueue<>();
  private final BlockingQueue<Listener> listeners = new LinkedBlockingQueue<>();
  private final BlockingQueue<Boolean> closings = new LinkedBlockingQueue<>();
  private volatile @Nullable Opening opening;
  private volatile AgentKey signing;
  private volatile Function<RawSubmission, CompletionStage<IngestVerdict>> verdicts =
      _ -> new CompletableFuture<>();
  private volatile Function<ReconcileQuery, CompletionStage<ReconcileAnswer>> ledger =
      _ -> CompletableFuture.failedFuture(new PortUnavailableException("no ledger scripted"));

  private volatile LongFunction<CompletionStage<Void>> epochs =
      _ -> CompletableFuture.failedFuture(new PortUnavailableException("no closing scripted"));

  private volatile Consumer<Listener> firstWords = _ -> {};

  public ScriptedSessions(AgentKey key) {
    this.key = key;
    this.signing = key;
  }

  /** Every further hello gets this answer. */
  public void answerHellos(Opening answer) {
    opening = answer;
  }

  /** The gateway signs with another key than it checks with: an impostor. */
  public void signWith(AgentKey other) {
    signing = other;
  }

  public void answerPushes(Function<RawSubmission, CompletionStage<IngestVerdict>> script) {
    verdicts = script;
  }

  /** Every further push gets this answer at once. */
  public void answerPushes(IngestVerdict verdict) {
    answerPushes(_ -> CompletableFuture.completedFuture(verdict));
  }

  public void answerQueries(Function<ReconcileQuery, CompletionStage<ReconcileAnswer>> script) {
    ledger = script;
  }

  public void answerEpochClosings(LongFunction<CompletionStage<Void>> script) {
    epochs = script;
  }

  /** The next push that arrived; waits for it. */
  public RawSubmission nextPush() {
    return Waiting.next(pushes, "push", PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** How many pushes arrived and were not read yet. */
  public int unreadPushes() {
    return pushes.size();
  }

  /** Time of the next heart-beat, of a session or outside one; waits for it. */
  public long nextHeartbeat() {
    return Waiting.next(heartbeats, "heart-beat", PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** How many heart-beats arrived and were not read yet. */
  public int unreadHeartbeats() {
    return heartbeats.size();
  }

  /** What every further session is told while it is being opened. */
  public void sayAtOpening(Consumer<Listener> words) {
    firstWords = words;
  }

  /** Who listens in the next session that was opened; waits for it. */
  public Listener nextListener() {
    return Waiting.next(listeners, "hello", PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Waits until a session was closed. */
  public void awaitClosing() {
    Waiting.next(closings, "end of the session", PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public CompletionStage<Opening> open(Hello hello, Listener listener, Now now) {
    Opening scripted = opening;
    if (scripted != null) {
      return CompletableFuture.completedFuture(scripted);
    }
    if (!hello.holds(key)) {
      return CompletableFuture.completedFuture(new Opening.Refused(Refusal.BAD_MAC));
    }
    listeners.add(listener);
    firstWords.accept(listener);
    return CompletableFuture.completedFuture(
        new Opening.Opened(new Scripted(), signing, SessionLimits.DEFAULT));
  }

  @Override
  public CompletionStage<Boolean> heartbeat(HeartbeatProof proof, Now now) {
    boolean holds = proof.holds(key);
    if (holds) {
      heartbeats.add(proof.sentAtMillis());
    }
    return CompletableFuture.completedFuture(holds);
  }

  private final class Scripted implements Session {
    @Override
    public CompletionStage<IngestVerdict> push(RawSubmission submission, Now now) {
      pushes.add(submission);
      return verdicts.apply(submission);
    }

    @Override
    public void heartbeat(long sentAtMillis, Now now) {
      heartbeats.add(sentAtMillis);
    }

    @Override
    public CompletionStage<ReconcileAnswer> reconcile(ReconcileQuery query) {
      return ledger.apply(query);
    }

    @Override
    public CompletionStage<Void> closeEpoch(long epoch) {
      return epochs.apply(epoch);
    }

    @Override
    public void close() {
      closings.add(true);
    }
  }
}
