package dev.sentinelj.application.gateway;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.replay.ReplayWindow;
import dev.sentinelj.core.session.HeartbeatProof;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.ports.driven.ProgressFeed.EpochWord;
import dev.sentinelj.ports.driving.AgentSessions;
import dev.sentinelj.ports.driving.IngestBatches;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The sessions of this gateway, at most one per agent and epoch: a second one replaces the first.
 *
 * <p>Thread safe: transports open sessions and push from any thread; {@link CommittedRelay} passes
 * on what the database says. No lock is held while a listener is called.
 */
public final class SessionDirectory implements AgentSessions {
  /** Most sessions of one gateway. */
  public static final int MAX_SESSIONS = 20_000;

  /** How often the registry is told that an agent was heard. */
  public static final long HEARD_EVERY_MILLIS = 10_000;

  /** An agent that has not been told anything for so long is told how things stand. */
  static final long QUIET_MILLIS = 30_000;

  /** Hellos remembered, so that a recorded one opens nothing. */
  private static final int REMEMBERED_HELLOS = 50_000;

  private static final long BUSY_DELAY_MILLIS = 5_000;

  private final AgentDirectory agents;
  private final AgentRegistry registry;
  private final ProgressFeed feed;
  private final IngestBatches pipeline;
  private final SessionLimits limits;
  private final ReplayWindow window;
  private final Map<EpochId, OpenSession> open = new HashMap<>();
  private final MetHellos hellos = new MetHellos(REMEMBERED_HELLOS);
  private final Reconciliation reconciliation;
  private final EpochClosings closings;

  public SessionDirectory(
      AgentDirectory agents,
      AgentRegistry registry,
      ProgressFeed feed,
      IngestBatches pipeline,
      SessionLimits limits,
      ReplayWindow window) {
    this.agents = agents;
    this.registry = registry;
    this.feed = feed;
    this.pipeline = pipeline;
    this.limits = limits;
    this.window = window;
    this.reconciliation = new Reconciliation(feed);
    this.closings = new EpochClosings(feed);
  }

  @Override
  public CompletionStage<Opening> open(Hello hello, Listener listener, Now now) {
    return agents
        .find(hello.epoch().agent(), List.of(hello.key()), now)
        .thenApply(found -> onAgent(found, hello, listener, now));
  }

  private Opening onAgent(AgentDirectory.Answer found, Hello hello, Listener listener, Now now) {
    return switch (found) {
      case AgentDirectory.Answer.Found(AgentDirectory.Keys keys) ->
          onKeys(keys, hello, listener, now);
      case AgentDirectory.Answer.Unknown() -> new Opening.Refused(Refusal.UNKNOWN_AGENT);
      case AgentDirectory.Answer.Deleted _ -> new Opening.Refused(Refusal.DELETED_AGENT);
      case AgentDirectory.Answer.Unavailable() ->
          new Opening.Unavailable(RetryReason.REGISTRY_UNAVAILABLE, BUSY_DELAY_MILLIS);
      case AgentDirectory.Answer.Throttled() ->
          new Opening.Unavailable(RetryReason.RATE_LIMITED, BUSY_DELAY_MILLIS);
    };
  }

  private Opening onKeys(AgentDirectory.Keys keys, Hello hello, Listener listener, Now now) {
    Optional<AgentKey> key = keys.ring().forEnvelope(hello.key(), now.wallMillis());
    if (key.isEmpty()) {
      return new Opening.Refused(Refusal.UNKNOWN_KEY);
    }
    if (!hello.holds(key.get())) {
      return new Opening.Refused(Refusal.BAD_MAC);
    }
    if (!window.admits(hello.sentAtMillis(), now.wallMillis())) {
      return new Opening.Skewed(key.get(), now.wallMillis());
    }
    if (!hellos.firstTime(hello)) {
      return new Opening.Refused(Refusal.OUTSIDE_WINDOW);
    }
    agents.prove(hello.epoch().agent(), hello.key(), keys, now);
    return enter(new OpenSession(this, hello, listener), key.get(), now);
  }

  private Opening enter(OpenSession session, AgentKey key, Now now) {
    OpenSession former;
    synchronized (this) {
      if (open.size() >= MAX_SESSIONS && !open.containsKey(session.epoch())) {
        return new Opening.Unavailable(RetryReason.BUSY, BUSY_DELAY_MILLIS);
      }
      former = open.put(session.epoch(), session);
    }
    if (former != null) {
      former.end(Refusal.AGENT_MISMATCH); // two streams of one log: the newer one is the living one
    }
    session.heartbeat(now.wallMillis(), now);
    tellWord(session);
    return new Opening.Opened(session, key, limits);
  }

  @Override
  public CompletionStage<Boolean> heartbeat(HeartbeatProof proof, Now now) {
    return agents
        .find(proof.agent(), List.of(proof.key()), now)
        .thenCompose(found ->
            switch (found) {
              case AgentDirectory.Answer.Found(AgentDirectory.Keys keys) ->
                  onProof(keys, proof, now);
              case AgentDirectory.Answer.Unknown _, AgentDirectory.Answer.Deleted _ ->
                  CompletableFuture.completedFuture(false);
              case AgentDirectory.Answer.Unavailable _, AgentDirectory.Answer.Throttled _ ->
                  CompletableFuture.failedFuture(
                      new PortUnavailableException("looking up the agent of a heart-beat"));
            });
  }

  private CompletionStage<Boolean> onProof(
      AgentDirectory.Keys keys, HeartbeatProof proof, Now now) {
    Optional<AgentKey> key = keys.ring().forEnvelope(proof.key(), now.wallMillis());
    boolean believed =
        key.filter(proof::holds).isPresent()
            && window.admits(proof.sentAtMillis(), now.wallMillis());
    if (!believed) {
      return CompletableFuture.completedFuture(false);
    }
    // the version is not in the proof; the registry keeps the one of the last stream when it is
    // empty
    return registry.heard(proof.agent(), "", now.wallMillis()).thenApply(_ -> true);
  }

  /** Asks for the word on a session's epoch and passes it on, if it is still news by then. */
  void tellWord(OpenSession session) {
    long told = session.told();
    feed.of(session.epoch())
        .whenComplete((word, _) -> { // a failure is made good by the relay, or by the next time
          if (word != null) {
            session.tellUnlessNews(word, told);
          }
        });
  }

  /** Passes each word to the session of its epoch. */
  void tell(List<EpochWord> words) {
    for (EpochWord word : words) {
      OpenSession session;
      synchronized (this) {
        session = open.get(word.committed().progress().epoch());
      }
      if (session != null) {
        session.tell(word);
      }
    }
  }

  /** Ends the sessions of agents that were deleted. */
  void endDeleted(Set<AgentId> deleted) {
    List<OpenSession> ended;
    synchronized (this) {
      ended = open.values().stream().filter(one -> deleted.contains(one.agent())).toList();
    }
    ended.forEach(session -> session.end(Refusal.DELETED_AGENT));
  }

  public synchronized int size() {
    return open.size();
  }

  IngestBatches pipeline() {
    return pipeline;
  }

  void heard(OpenSession session, Now now) {
    // only shown to operators: a note that is lost is made again in ten seconds
    registry.heard(session.agent(), session.version(), now.wallMillis()).whenComplete((_, _) -> {});
  }

  /** Ends the session when its key was revoked or its agent deleted. */
  void recheck(OpenSession session, Now now) {
    agents
        .find(session.agent(), now)
        .whenComplete((found, _) -> {
          switch (found) {
            case AgentDirectory.Answer.Found(AgentDirectory.Keys keys) -> {
              if (keys.ring().forEnvelope(session.key(), now.wallMillis()).isEmpty()) {
                session.end(Refusal.UNKNOWN_KEY);
              }
            }
            case AgentDirectory.Answer.Unknown() -> session.end(Refusal.UNKNOWN_AGENT);
            case AgentDirectory.Answer.Deleted _ -> session.end(Refusal.DELETED_AGENT);
            case AgentDirectory.Answer.Unavailable _, AgentDirectory.Answer.Throttled _ -> {}
          }
        });
  }

  synchronized void forget(OpenSession session) {
    open.remove(session.epoch(), session);
  }

  CompletionStage<Void> closeEpoch(EpochId epoch) {
    return closings.close(epoch);
  }

  CompletionStage<ReconcileAnswer> reconcile(AgentId agent, ReconcileQuery query) {
    return reconciliation.answer(agent, query);
  }
}
