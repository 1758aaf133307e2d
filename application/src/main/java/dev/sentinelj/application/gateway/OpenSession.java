package dev.sentinelj.application.gateway;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.ProgressFeed.EpochWord;
import dev.sentinelj.ports.driving.AgentSessions;
import dev.sentinelj.ports.driving.IngestBatches;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * One agent's stream. What it is told goes through one line, so the listener hears one call at a
 * time; after the end it hears nothing. Thread safe.
 */
final class OpenSession implements AgentSessions.Session {
  private final SessionDirectory directory;
  private final Hello hello;
  private final AgentSessions.Listener listener;
  private final SerialCalls line = new SerialCalls();
  private boolean over;
  private long told; // words, guarded by this
  private long toldBefore;
  private Optional<Now> quietSince = Optional.empty();
  private Optional<Now> heardAt = Optional.empty();

  OpenSession(SessionDirectory directory, Hello hello, AgentSessions.Listener listener) {
    this.directory = directory;
    this.hello = hello;
    this.listener = listener;
  }

  EpochId epoch() {
    return hello.epoch();
  }

  AgentId agent() {
    return hello.epoch().agent();
  }

  KeyId key() {
    return hello.key();
  }

  String version() {
    return hello.agentVersion();
  }

  @Override
  public CompletionStage<IngestVerdict> push(RawSubmission submission, Now now) {
    return directory
        .pipeline()
        .ingest(Optional.of(agent()), submission, now)
        .thenApply(IngestBatches.Answer::verdict);
  }

  @Override
  public void heartbeat(long sentAtMillis, Now now) {
    if (isOver()) {
      return;
    }
    if (due(now)) {
      directory.heard(this, now);
    }
    if (quiet(now)) {
      directory.tellWord(this);
    }
    directory.recheck(this, now);
  }

  @Override
  public CompletionStage<ReconcileAnswer> reconcile(ReconcileQuery query) {
    return directory.reconcile(agent(), query);
  }

  @Override
  public CompletionStage<Void> closeEpoch(long epoch) {
    return directory.closeEpoch(new EpochId(agent(), epoch));
  }

  @Override
  public void close() {
    synchronized (this) {
      over = true;
    }
    directory.forget(this);
  }

  /** Passes on the latest word. */
  void tell(EpochWord word) {
    line.run(() -> deliver(word));
  }

  /** How many words were told. */
  synchronized long told() {
    return told;
  }

  /**
   * Passes on a word that was asked for when so many had been told, unless a later one was told
   * meanwhile: two questions may be answered out of order.
   */
  void tellUnlessNews(EpochWord word, long toldWhenAsked) {
    line.run(() -> {
      if (told() == toldWhenAsked) {
        deliver(word);
      }
    });
  }

  void end(Refusal reason) {
    line.run(() -> {
      if (markOver()) {
        listener.end(reason);
      }
    });
    directory.forget(this);
  }

  synchronized boolean isOver() {
    return over;
  }

  private void deliver(EpochWord word) {
    if (isOver()) {
      return;
    }
    Failpoint.GATEWAY_COMMITTED_BEFORE_SEND.hit();
    synchronized (this) {
      told++;
    }
    listener.committed(cut(word.committed()));
    List<Sha256> sets = word.setsNeeded();
    if (!sets.isEmpty()) {
      listener.setsNeeded(sets);
    }
  }

  private synchronized boolean markOver() {
    boolean first = !over;
    over = true;
    return first;
  }

  /**
   * Whether nothing was told for long. The feed has no news of an agent whose every batch was lost
   * on the bus; that its lanes are others now it must hear all the same.
   */
  private synchronized boolean quiet(Now now) {
    if (told != toldBefore || quietSince.isEmpty()) {
      toldBefore = told;
      quietSince = Optional.of(now);
      return false;
    }
    boolean quiet = now.millisSince(quietSince.get()) >= SessionDirectory.QUIET_MILLIS;
    if (quiet) {
      quietSince = Optional.of(now);
    }
    return quiet;
  }

  private synchronized boolean due(Now now) {
    boolean due =
        heardAt.isEmpty() || now.millisSince(heardAt.get()) >= SessionDirectory.HEARD_EVERY_MILLIS;
    if (due) {
      heardAt = Optional.of(now);
    }
    return due;
  }

  /** The word with at most {@link Committed#MAX_RANGES} ranges; the ones left out follow later. */
  private static Committed cut(Committed committed) {
    EpochProgress all = committed.progress();
    if (all.above().size() <= Committed.MAX_RANGES) {
      return committed;
    }
    EpochProgress some =
        new EpochProgress(
            all.epoch(),
            all.through(),
            all.above().subList(0, Committed.MAX_RANGES),
            all.balance(),
            all.closed(),
            all.forked());
    return new Committed(some, committed.parked(), committed.lanes());
  }
}
