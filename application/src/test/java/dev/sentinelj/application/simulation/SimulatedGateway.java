package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.InMemoryAgentRegistry;
import dev.sentinelj.adapters.memory.InMemoryProgressFeed;
import dev.sentinelj.adapters.memory.InMemoryUplink;
import dev.sentinelj.application.gateway.AgentDirectory;
import dev.sentinelj.application.gateway.CommittedRelay;
import dev.sentinelj.application.gateway.FramePublisher;
import dev.sentinelj.application.gateway.IngestPipeline;
import dev.sentinelj.application.gateway.SessionDirectory;
import dev.sentinelj.application.gateway.Ticker;
import dev.sentinelj.application.status.Counters;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.replay.ReplayWindow;
import dev.sentinelj.core.session.HeartbeatProof;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driving.AgentSessions;
import dev.sentinelj.testkit.sim.SimulatedProcess;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A gateway through all its lives. What agents say reaches it through this, sometimes twice. */
final class SimulatedGateway extends Lives implements AgentSessions {
  private final Plant plant;
  private final List<InMemoryUplink> uplinks = new ArrayList<>();
  private final Map<EpochId, SeqRanges> told = new HashMap<>();
  private long skewMillis;
  private SessionDirectory sessions;
  private IngestPipeline pipeline;

  SimulatedGateway(Plant plant, String name) {
    super(plant.world(), name);
    this.plant = plant;
    begin(process());
  }

  Now now() {
    return process().now();
  }

  /** How far its clock is off, from now on. */
  void skew(long millis) {
    skewMillis = millis;
    process().setWallOffset(millis);
  }

  void connected(InMemoryUplink uplink) {
    uplinks.add(uplink);
  }

  @Override
  protected final void died() {
    uplinks.forEach(InMemoryUplink::cut);
    uplinks.clear();
  }

  @Override
  protected final void begin(SimulatedProcess process) {
    process.setWallOffset(skewMillis);
    Counters counters = new Counters();
    var registry = new InMemoryAgentRegistry(plant.database(), process);
    var feed = new InMemoryProgressFeed(plant.database(), process);
    AgentDirectory directory = new AgentDirectory(registry, plant.vault());
    BatchBus bus = plant.bus().seenBy(process);
    FramePublisher publisher =
        new FramePublisher(
            bus, plant.clusterKey(), plant.world().newRandom(), FramePublisher.Limits.DEFAULT);
    pipeline =
        new IngestPipeline(
            directory, publisher, SessionLimits.DEFAULT, ReplayWindow.DEFAULT, counters);
    sessions =
        new SessionDirectory(
            directory, registry, feed, pipeline, SessionLimits.DEFAULT, ReplayWindow.DEFAULT);
    CommittedRelay relay = new CommittedRelay(feed, sessions);
    Ticker ticker =
        new Ticker(bus, plant.clusterKey(), () -> directory.usable() && publisher.hasRoom());
    process.every(25, () -> publisher.poll(process.now()));
    process.every(
        250,
        () -> {
          ticker.poll(process.now());
          directory.poll(process.now());
          relay.poll(process.now());
        });
  }

  @Override
  public CompletionStage<Opening> open(Hello hello, Listener listener, Now now) {
    if (!alive()) {
      return new CompletableFuture<>();
    }
    return sessions.open(hello, new Told(listener), now).thenApply(this::watched);
  }

  @Override
  public CompletionStage<Boolean> heartbeat(HeartbeatProof proof, Now now) {
    return sessions.heartbeat(proof, now);
  }

  private Opening watched(Opening opening) {
    return opening instanceof Opening.Opened(var session, var key, var limits)
        ? new Opening.Opened(new Watched(session), key, limits)
        : opening;
  }

  private void repeatLater(RawSubmission raw) {
    plant.repeatLater(() -> {
      if (alive()) {
        var _ = pipeline.ingest(Optional.empty(), raw, now());
      }
    });
  }

  private boolean lying() {
    return plant.sabotage() == Sabotage.COMMITTED_WHEN_ACCEPTED;
  }

  private final class Watched implements Session {
    private final Session session;

    Watched(Session session) {
      this.session = session;
    }

    @Override
    public CompletionStage<IngestVerdict> push(RawSubmission raw, Now now) {
      BatchId id = BatchHeader.parse(raw.header()).id();
      repeatLater(raw);
      return session
          .push(raw, now)
          .thenApply(verdict -> {
            if (verdict instanceof IngestVerdict.Accepted(var receipt)) {
              plant.watch(() -> plant.book().accepted(id, receipt));
              told.computeIfAbsent(id.epoch(), _ -> new SeqRanges()).add(id.seq());
            }
            return verdict;
          });
    }

    @Override
    public void heartbeat(long sentAtMillis, Now now) {
      session.heartbeat(sentAtMillis, now);
    }

    @Override
    public CompletionStage<ReconcileAnswer> reconcile(ReconcileQuery query) {
      return lying()
          ? CompletableFuture.completedFuture(
              new ReconcileAnswer.Equal(query.epoch(), query.from(), query.to()))
          : session.reconcile(query);
    }

    @Override
    public CompletionStage<Void> closeEpoch(long epoch) {
      return session.closeEpoch(epoch);
    }

    @Override
    public void close() {
      session.close();
    }
  }

  private final class Told implements Listener {
    private final Listener listener;

    Told(Listener listener) {
      this.listener = listener;
    }

    @Override
    public void committed(Committed committed) {
      SeqRanges accepted = told.get(committed.progress().epoch());
      listener.committed(
          lying() && accepted != null
              ? new Committed(
                  committed.progress().with(accepted, committed.progress().balance()),
                  List.of(),
                  committed.lanes())
              : committed);
    }

    @Override
    public void setsNeeded(List<Sha256> sets) {
      listener.setsNeeded(sets);
    }

    @Override
    public void end(Refusal reason) {
      listener.end(reason);
    }
  }
}
