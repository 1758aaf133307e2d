package dev.sentinelj.application.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.adapters.memory.DatabaseView;
import dev.sentinelj.adapters.memory.FaultPlan;
import dev.sentinelj.adapters.memory.InMemoryPartitionStore;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.session.HeartbeatProof;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import dev.sentinelj.ports.driving.AgentSessions;
import dev.sentinelj.ports.driving.AgentSessions.Opening;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.TestBatches;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SessionDirectoryTest {
  private final GatewayForTests gateway = new GatewayForTests();
  private final Heard heard = new Heard();

  @Test
  void open_aSignedHello_opensAndTellsWhatIsCommitted() {
    commit(1, 2, 4);

    Opening opening = open(hello(gateway.key, gateway.now.wallMillis()), heard);

    assertThat(opening).isInstanceOf(Opening.Opened.class);
    assertThat(heard.committed).hasSize(1);
    assertThat(heard.committed.getFirst().progress().through()).isEqualTo(2);
    assertThat(gateway.registry.heard).isEqualTo(1);
  }

  @Test
  void open_isRefusedInTheOrderAgentKeyMacTime() {
    long now = gateway.now.wallMillis();
    AgentKey forged = new AgentKey(gateway.key.id(), Secret.random(new SplittableRandom(3)));
    AgentKey foreign = new AgentKey(new KeyId("foreign"), Secret.random(new SplittableRandom(3)));

    assertThat(open(hello(foreign, now - 400_000), heard))
        .isEqualTo(new Opening.Refused(Refusal.UNKNOWN_KEY));
    assertThat(open(hello(forged, now - 400_000), heard))
        .isEqualTo(new Opening.Refused(Refusal.BAD_MAC));
    assertThat(open(hello(gateway.key, now - 300_001), heard))
        .isInstanceOfSatisfying(
            Opening.Skewed.class, skewed -> assertThat(skewed.serverMillis()).isEqualTo(now));
    gateway.database.deleteAgent(gateway.agent, now);
    gateway.advance(2_000);
    assertThat(open(hello(foreign, now), heard))
        .isEqualTo(new Opening.Refused(Refusal.DELETED_AGENT));
    assertThat(gateway.sessions.size()).isZero();
  }

  @Test
  void open_registryDown_isUnavailable() {
    gateway.registry.reachable = false;

    assertThat(open(hello(gateway.key, gateway.now.wallMillis()), heard))
        .isInstanceOfSatisfying(
            Opening.Unavailable.class,
            answer -> assertThat(answer.reason()).isEqualTo(RetryReason.REGISTRY_UNAVAILABLE));
  }

  @Test
  void open_aRecordedHello_opensNothing() {
    Hello hello = hello(gateway.key, gateway.now.wallMillis());
    open(hello, heard);

    assertThat(open(hello, new Heard())).isInstanceOf(Opening.Refused.class);
    assertThat(heard.ended).isEmpty();
  }

  @Test
  void open_withANewKeyWhileTheRegistryIsDown_isUnavailable() {
    open(hello(gateway.key, gateway.now.wallMillis()), heard);
    gateway.registry.reachable = false;
    AgentKey fresh = new AgentKey(new KeyId("fresh"), Secret.random(new SplittableRandom(3)));

    assertThat(open(hello(fresh, gateway.now.wallMillis()), heard))
        .isInstanceOfSatisfying(
            Opening.Unavailable.class,
            opening -> assertThat(opening.reason()).isEqualTo(RetryReason.REGISTRY_UNAVAILABLE));
    assertThatThrownBy(() -> beat(fresh, gateway.now.wallMillis()))
        .isInstanceOf(PortUnavailableException.class);
  }

  @Test
  void open_aSecondTime_endsTheFirst() {
    Heard second = new Heard();
    open(hello(gateway.key, gateway.now.wallMillis()), heard);

    open(hello(gateway.key, gateway.now.wallMillis()), second);
    commit(1);
    gateway.relay.poll(gateway.now);

    assertThat(heard.ended).hasSize(1);
    assertThat(heard.committed).hasSize(1);
    assertThat(second.committed).isNotEmpty();
    assertThat(gateway.sessions.size()).isEqualTo(1);
  }

  @Test
  void closeEpoch_closesOneOfTheSessionsAgent_howeverOften() {
    AgentSessions.Session session =
        ((Opening.Opened) open(hello(gateway.key, gateway.now.wallMillis()), heard)).session();
    EpochId former = new EpochId(gateway.agent, 77);

    Stages.await(session.closeEpoch(former.epoch()));
    Stages.await(session.closeEpoch(former.epoch()));

    assertThat(new DatabaseView(gateway.database).progress(former).closed()).isTrue();
  }

  @Test
  void closeEpoch_whenTheDatabaseDoesNotAnswer_fails() {
    AgentSessions.Session session =
        ((Opening.Opened) open(hello(gateway.key, gateway.now.wallMillis()), heard)).session();
    gateway.database.faults(FaultPlan.next(1, FaultPlan.Fault.BEFORE));

    assertThatThrownBy(() -> Stages.await(session.closeEpoch(77)))
        .isInstanceOf(PortUnavailableException.class);
  }

  @Test
  void poll_onceASecond_passesOnWhatChanged() {
    open(hello(gateway.key, gateway.now.wallMillis()), heard);
    gateway.relay.poll(gateway.now);
    int before = heard.committed.size();
    commit(1);

    gateway.relay.poll(gateway.now.plusMillis(999));
    assertThat(heard.committed).hasSize(before);
    gateway.relay.poll(gateway.now.plusMillis(1_000));

    assertThat(heard.committed).hasSize(before + 1);
    assertThat(heard.committed.getLast().progress().through()).isEqualTo(1);
    assertThat(gateway.relay.answers()).isTrue();
  }

  @Test
  void heartbeat_whenNothingWasToldForLong_tellsHowThingsStand() {
    AgentSessions.Session session =
        ((Opening.Opened) open(hello(gateway.key, gateway.now.wallMillis()), heard)).session();
    session.heartbeat(0, gateway.now);

    session.heartbeat(0, gateway.now.plusMillis(SessionDirectory.QUIET_MILLIS - 1));
    assertThat(heard.committed).hasSize(1);
    session.heartbeat(0, gateway.now.plusMillis(SessionDirectory.QUIET_MILLIS));
    session.heartbeat(0, gateway.now.plusMillis(SessionDirectory.QUIET_MILLIS + 1));

    assertThat(heard.committed).hasSize(2);
  }

  @Test
  void poll_manyRanges_areCutToThirtyTwo() {
    open(hello(gateway.key, gateway.now.wallMillis()), heard);
    long[] odd = new long[50];
    for (int i = 0; i < odd.length; i++) {
      odd[i] = 3 + 2L * i;
    }
    commit(odd);

    gateway.relay.poll(gateway.now);

    assertThat(heard.committed.getLast().progress().above()).hasSize(Committed.MAX_RANGES);
    assertThat(heard.committed.getLast().progress().above().getFirst())
        .isEqualTo(new SeqRanges.Range(3, 3));
  }

  @Test
  void poll_agentDeleted_endsItsSession() {
    open(hello(gateway.key, gateway.now.wallMillis()), heard);
    gateway.database.deleteAgent(gateway.agent, gateway.now.wallMillis());

    gateway.relay.poll(gateway.now);
    gateway.relay.poll(gateway.now.plusMillis(1_000));

    assertThat(heard.ended).containsExactly(Refusal.DELETED_AGENT);
    assertThat(gateway.sessions.size()).isZero();
  }

  @Test
  void reconcile_equalDigest_isEqual_otherwiseTheRows() {
    AgentSessions.Session session =
        ((Opening.Opened) open(hello(gateway.key, gateway.now.wallMillis()), heard)).session();
    commit(1, 2);
    List<Sha256> hashes = List.of(hash(1), hash(2));

    ReconcileAnswer equal = Stages.await(session.reconcile(query(1, 2, hashes)));
    ReconcileAnswer more = Stages.await(session.reconcile(query(1, 3, List.of(hash(1)))));

    assertThat(equal).isEqualTo(new ReconcileAnswer.Equal(GatewayForTests.EPOCH, 1, 2));
    assertThat(more)
        .isInstanceOfSatisfying(
            ReconcileAnswer.Differs.class,
            differs ->
                assertThat(differs.rows())
                    .extracting(ReconcileAnswer.Row::seq)
                    .containsExactly(1L, 2L));
  }

  @Test
  void heartbeat_outsideAStream_isBelievedUnderItsMacOnly() {
    Now now = gateway.now;
    AgentKey forged = new AgentKey(gateway.key.id(), Secret.random(new SplittableRandom(3)));

    assertThat(beat(gateway.key, now.wallMillis())).isTrue();
    assertThat(beat(forged, now.wallMillis())).isFalse();
    assertThat(beat(gateway.key, now.wallMillis() - 300_001)).isFalse();
    assertThat(gateway.registry.heard).isEqualTo(1);
  }

  private boolean beat(AgentKey key, long sentAt) {
    HeartbeatProof proof = HeartbeatProof.sign(key, gateway.agent, sentAt);
    return Stages.await(gateway.sessions.heartbeat(proof, gateway.now));
  }

  private Opening open(Hello hello, AgentSessions.Listener listener) {
    return Stages.await(gateway.sessions.open(hello, listener, gateway.now));
  }

  private Hello hello(AgentKey key, long sentAt) {
    byte[] nonce = new byte[Hello.NONCE_BYTES];
    gateway.random.nextBytes(nonce);
    return Hello.sign(key, gateway.epoch(), "1.0", nonce, sentAt, 1);
  }

  private static ReconcileQuery query(long from, long to, List<Sha256> hashes) {
    return new ReconcileQuery(GatewayForTests.EPOCH, from, to, ReconcileQuery.digestOf(hashes));
  }

  private static Sha256 hash(long seq) {
    return Sha256.of(new byte[] {(byte) seq});
  }

  /** What a worker would commit: ledger rows and progress of these seqs. */
  private void commit(long... seqs) {
    PartitionStore store =
        new InMemoryPartitionStore(gateway.database, Runnable::run, gateway.random);
    PartitionStore.Lease lease =
        ((PartitionStore.LeaseAnswer.Granted) Stages.await(store.lease(0, "w", Optional.empty())))
            .lease();
    PartitionStore.Outcome outcome =
        Stages.await(
            store.transact(
                lease,
                tx -> {
                  EpochProgress progress =
                      tx.lockEpochs(List.of(gateway.epoch())).values().iterator().next();
                  SeqRanges committed = progress.committed();
                  List<LedgerClaim> claims = new ArrayList<>();
                  for (long seq : seqs) {
                    committed.add(seq);
                    claims.add(TestBatches.claim(new BatchId(gateway.epoch(), seq), hash(seq), 1));
                  }
                  tx.claim(claims);
                  tx.saveProgress(List.of(progress.with(committed, Balance.ZERO)));
                }));
    assertThat(outcome).isEqualTo(new PartitionStore.Outcome.Committed());
  }

  /** Keeps what a session is told. */
  private static final class Heard implements AgentSessions.Listener {
    private final List<Committed> committed = new ArrayList<>();
    private final List<Refusal> ended = new ArrayList<>();

    @Override
    public void committed(Committed word) {
      committed.add(word);
    }

    @Override
    public void setsNeeded(List<Sha256> sets) {}

    @Override
    public void end(Refusal reason) {
      ended.add(reason);
    }
  }
}
