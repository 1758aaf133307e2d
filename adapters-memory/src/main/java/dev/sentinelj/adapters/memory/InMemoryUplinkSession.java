package dev.sentinelj.adapters.memory;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.ingest.Submission;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.Downlink.CloseReason;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.session.Welcome;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.ports.driven.Uplink;
import dev.sentinelj.ports.driving.AgentSessions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One session in memory. Two lanes of tasks: what is said to the gateway's session, and what the
 * agent hears; each runs one at a time and in order, as over one connection.
 */
final class InMemoryUplinkSession implements Uplink.Session, AgentSessions.Listener {
  private static final long NOT_BELIEVED_DELAY_MILLIS = 5_000;

  private final InMemoryUplink uplink;
  private final AgentKey key;
  private final Hello hello;
  private final Consumer<Downlink> events;
  private final Executor toGateway;
  private final Executor toAgent;
  private final AtomicBoolean ended = new AtomicBoolean();
  private volatile boolean open;

  /**
   * What the gateway said before the agent heard that the session is open; of the lane to the
   * agent.
   */
  private final List<Downlink> early = new ArrayList<>();

  /** Of the gateway; touched by the tasks to it only. */
  private AgentSessions.@Nullable Session session;

  InMemoryUplinkSession(
      InMemoryUplink uplink,
      AgentKey key,
      Hello hello,
      Consumer<Downlink> events,
      Executor network) {
    this.uplink = uplink;
    this.key = key;
    this.hello = hello;
    this.events = events;
    this.toGateway = new SerialExecutor(network);
    this.toAgent = new SerialExecutor(network);
  }

  void connect() {
    toGateway.execute(() -> {
      if (!ended.get()) {
        var _ =
            uplink
                .gateway()
                .open(hello, this, uplink.gatewayNow())
                .thenAccept(opening -> toGateway.execute(() -> answered(opening)));
      }
    });
  }

  /** Ends the session without a word to either side but the last one. */
  void lose(String reason) {
    finish(CloseReason.LOST, reason);
  }

  private void answered(AgentSessions.Opening opening) {
    switch (opening) {
      case AgentSessions.Opening.Opened(
              AgentSessions.Session opened,
              AgentKey gatewayKey,
              SessionLimits limits) ->
          opened(opened, gatewayKey, limits);
      case AgentSessions.Opening.Refused(Refusal reason) ->
          finishLater(CloseReason.REFUSED, "refused: " + reason.word());
      case AgentSessions.Opening.Unavailable(RetryReason reason, long _) ->
          finishLater(CloseReason.LOST, "not now: " + reason.word());
      case AgentSessions.Opening.Skewed(AgentKey gatewayKey, long serverMillis) -> {
        if (welcome(gatewayKey, SessionLimits.DEFAULT).holds(key, hello)) {
          tell(new Downlink.Skewed(serverMillis));
        }
        finishLater(CloseReason.LOST, "the clock is off");
      }
    }
  }

  private void opened(AgentSessions.Session opened, AgentKey gatewayKey, SessionLimits limits) {
    session = opened;
    Welcome welcome = welcome(gatewayKey, limits);
    if (ended.get()) {
      opened.close();
    } else if (!welcome.holds(key, hello)) {
      finishLater(CloseReason.LOST, "the gateway does not know the key");
    } else {
      toAgent.execute(() -> {
        if (!ended.get()) {
          open = true;
          events.accept(new Downlink.Opened(welcome.serverMillis(), limits));
          early.forEach(events);
        }
      });
    }
  }

  /** Signed as on a wire, because that is how a gateway proves that it knows the key. */
  private Welcome welcome(AgentKey gatewayKey, SessionLimits limits) {
    byte[] nonce = new byte[Hello.NONCE_BYTES];
    return Welcome.sign(gatewayKey, hello, nonce, uplink.gatewayNow().wallMillis(), limits);
  }

  @Override
  public void push(Submission submission) {
    say(opened -> offer(opened, submission));
  }

  private void offer(AgentSessions.Session opened, Submission submission) {
    RawSubmission raw =
        new RawSubmission(
            submission.batch().headerBytes(),
            submission.envelope().toBytes(),
            submission.batch().body(),
            submission.attachedSets());
    var _ =
        opened
            .push(raw, uplink.gatewayNow())
            .thenAccept(verdict -> hear(answer(submission, verdict)));
  }

  private static Downlink answer(Submission submission, IngestVerdict verdict) {
    long epoch = submission.batch().id().epoch().epoch();
    long seq = submission.batch().id().seq();
    long attempt = submission.envelope().envelope().attempt();
    return switch (verdict) {
      case IngestVerdict.Accepted(var receipt) ->
          new Downlink.Accepted(epoch, seq, attempt, receipt);
      case IngestVerdict.Retry(RetryReason reason, long delayMillis) ->
          new Downlink.RetryLater(epoch, seq, attempt, reason, delayMillis);
      case IngestVerdict.Skewed(long serverMillis) -> new Downlink.Skewed(serverMillis);
      case IngestVerdict.Refused(Refusal reason) when reason.proved() ->
          new Downlink.Refused(epoch, seq, attempt, reason);
      case IngestVerdict.Refused _ ->
          new Downlink.RetryLater(
              epoch, seq, attempt, RetryReason.NOT_BELIEVED, NOT_BELIEVED_DELAY_MILLIS);
    };
  }

  @Override
  public boolean ready() {
    return open && !ended.get();
  }

  @Override
  public void heartbeat(long sentAtMillis) {
    say(opened -> opened.heartbeat(sentAtMillis, uplink.gatewayNow()));
  }

  @Override
  public void reconcile(ReconcileQuery query) {
    say(opened -> {
      var _ = opened.reconcile(query).thenAccept(answer -> hear(new Downlink.Reconciled(answer)));
    });
  }

  @Override
  public void closeEpoch(long epoch) {
    say(opened -> {
      var _ = opened.closeEpoch(epoch).thenRun(() -> hear(new Downlink.EpochClosed(epoch)));
    });
  }

  @Override
  public void close() {
    finish(CloseReason.LOST, "closed by the agent");
  }

  @Override
  public void committed(Committed committed) {
    hear(new Downlink.Progress(committed));
  }

  @Override
  public void setsNeeded(List<Sha256> sets) {
    hear(new Downlink.SetsNeeded(sets));
  }

  @Override
  public void end(Refusal reason) {
    finishLater(CloseReason.REFUSED, "ended: " + reason.word());
  }

  private void say(Consumer<AgentSessions.Session> what) {
    if (!ready()) {
      return;
    }
    toGateway.execute(() -> {
      AgentSessions.Session opened = session;
      if (opened != null && !ended.get() && !uplink.loses(InMemoryUplink.Way.TO_GATEWAY)) {
        what.accept(opened);
      }
    });
  }

  private void hear(Downlink event) {
    toAgent.execute(() -> {
      if (ended.get() || uplink.loses(InMemoryUplink.Way.TO_AGENT)) {
        return;
      }
      if (open) {
        events.accept(event);
      } else {
        early.add(event);
      }
    });
  }

  private void tell(Downlink event) {
    toAgent.execute(() -> {
      if (!ended.get()) {
        events.accept(event);
      }
    });
  }

  /** After what was said to the agent before it. */
  private void finishLater(CloseReason why, String reason) {
    toAgent.execute(() -> finish(why, reason));
  }

  private void finish(CloseReason why, String reason) {
    if (ended.getAndSet(true)) {
      return;
    }
    uplink.ended(this);
    toAgent.execute(() -> events.accept(new Downlink.Closed(why, reason)));
    toGateway.execute(() -> {
      AgentSessions.Session opened = session;
      if (opened != null) {
        opened.close();
      }
    });
  }
}
