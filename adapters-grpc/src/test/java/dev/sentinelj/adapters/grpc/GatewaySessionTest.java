package dev.sentinelj.adapters.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.session.HeartbeatProof;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.signing.SessionSeal;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driving.AgentSessions;
import dev.sentinelj.proto.AgentMessage;
import dev.sentinelj.proto.AgentSignal;
import dev.sentinelj.proto.Push;
import dev.sentinelj.proto.ServerMessage;
import dev.sentinelj.proto.ServerSignal;
import dev.sentinelj.proto.StreamHeartbeat;
import dev.sentinelj.testkit.ScriptedSessions;
import dev.sentinelj.testkit.Stages;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class GatewaySessionTest {
  private static final IngestVerdict ACCEPTED =
      new IngestVerdict.Accepted(new Receipt(1, Lane.FRESH, 1, 1));

  private final ScriptedSessions sessions = new ScriptedSessions(Sendings.KEY);
  private final ScriptedCall call = new ScriptedCall();
  private final Hello hello = Sendings.hello();
  private final GatewaySession session = session(sessions, Duration.ofMinutes(1));

  @Test
  void beforeTheSessionIsOpen_oneMessageIsAskedFor() {
    CompletableFuture<AgentSessions.Opening> never = new CompletableFuture<>();
    ScriptedCall slow = new ScriptedCall();
    GatewaySession opening =
        new GatewaySession(new SlowSessions(never), () -> new Now(1, 1), _ -> {}, slow, _ -> {});
    opening.start(Duration.ofMinutes(1));

    opening.onNext(wire(hello));

    assertThat(slow.requested).isEqualTo(1);
  }

  @Test
  void open_asksForNoMoreThanMayBeInFlight() {
    open();
    assertThat(call.requested).isEqualTo(1 + GatewaySession.MAX_IN_FLIGHT);

    for (int seq = 1; seq <= GatewaySession.MAX_IN_FLIGHT; seq++) {
      session.onNext(wire(Sendings.raw(seq, new byte[1])));
    }

    assertThat(call.requested).isEqualTo(1 + GatewaySession.MAX_IN_FLIGHT);
  }

  @Test
  void push_answered_asksForAnother() {
    sessions.answerPushes(ACCEPTED);
    open();

    session.onNext(wire(Sendings.raw(1, new byte[1])));

    assertThat(call.requested).isEqualTo(2 + GatewaySession.MAX_IN_FLIGHT);
  }

  @Test
  void push_answeredToAnAgentThatDoesNotRead_asksForNothingUntilItReads() {
    sessions.answerPushes(ACCEPTED);
    open();
    call.ready = false;

    session.onNext(wire(Sendings.raw(1, new byte[1])));
    session.onNext(wire(Sendings.raw(2, new byte[1])));

    assertThat(call.requested).isEqualTo(1 + GatewaySession.MAX_IN_FLIGHT);
    call.ready = true;
    call.onReady.run();
    assertThat(call.requested).isEqualTo(3 + GatewaySession.MAX_IN_FLIGHT);
  }

  @Test
  void progress_toAnAgentThatDoesNotRead_isTheLatestOnly() throws InvalidProtocolBufferException {
    SessionSeal seal = open();
    call.ready = false;

    for (long through = 1; through <= 100; through++) {
      session.committed(committed(through));
    }
    call.ready = true;
    call.onReady.run();

    ServerSignal heard = unseal(seal, call.sent.remove());
    assertThat(heard.getCommitted().getThrough()).isEqualTo(100);
    assertThat(call.sent).isEmpty();
  }

  @Test
  void push_beforeHello_endsTheStream() {
    session.onNext(wire(Sendings.raw(1, new byte[1])));

    assertThat(call.sent.remove().getBackOff().getReason()).isEqualTo("malformed");
    assertThat(Stages.await(call.end)).isEqualTo("completed");
    assertThat(sessions.unreadPushes()).isZero();
  }

  @Test
  void hello_thatDoesNotCome_endsTheStream() {
    ScriptedCall silent = new ScriptedCall();
    new GatewaySession(sessions, () -> new Now(1, 1), _ -> {}, silent, _ -> {})
        .start(Duration.ofMillis(1));

    assertThat(Stages.await(silent.end)).isEqualTo("completed");
    assertThat(silent.sent.remove().getBackOff().getReason()).isEqualTo("hello_timeout");
  }

  @Test
  void hello_twice_endsTheStream() {
    open();

    session.onNext(wire(hello));

    assertThat(call.sent.remove().getBackOff().getReason()).isEqualTo("malformed");
  }

  @Test
  void opening_answeredAfterTheAgentLeft_closesTheSession() {
    CompletableFuture<AgentSessions.Opening> late = new CompletableFuture<>();
    GatewaySession opening = session(new SlowSessions(late), Duration.ofMinutes(1));
    opening.onNext(wire(hello));
    call.onCancel.run();

    late.complete(Stages.await(sessions.open(hello, opening, new Now(1, 1))));

    sessions.awaitClosing();
  }

  @Test
  void signal_underTheSeal_isBelievedOnce() {
    SessionSeal seal = sealOfAgent();
    AgentMessage heartbeat = heartbeat(seal, 5);

    session.onNext(heartbeat);
    session.onNext(heartbeat);

    assertThat(sessions.nextHeartbeat()).isEqualTo(5);
    assertThat(sessions.unreadHeartbeats()).isZero();
    assertThat(call.sent.remove().getBackOff().getReason()).isEqualTo("bad_mac");
    assertThat(Stages.await(call.end)).isEqualTo("completed");
  }

  @Test
  void signal_changed_endsTheStream() {
    SessionSeal seal = sealOfAgent();
    SessionSeal.Sealed sealed = seal.seal(signal(5).toByteArray());
    var forged = new SessionSeal.Sealed(0, signal(6).toByteArray(), sealed.mac());

    session.onNext(AgentMessage.newBuilder().setSealed(Handshakes.toWire(forged)).build());

    assertThat(sessions.unreadHeartbeats()).isZero();
    assertThat(Stages.await(call.end)).isEqualTo("completed");
  }

  @Test
  void push_refusedBeforeTheMacsHold_isNotSealed() {
    sessions.answerPushes(new IngestVerdict.Refused(Refusal.BAD_MAC));
    open();

    session.onNext(wire(Sendings.raw(7, new byte[1])));

    var backOff = call.sent.remove().getBackOff();
    assertThat(backOff.getReason()).isEqualTo("bad_mac");
    assertThat(backOff.getSeq()).isEqualTo(7);
    assertThat(backOff.getAttempt()).isEqualTo(107);
    assertThat(backOff.getEpoch()).isEqualTo(Sendings.EPOCH.epoch());
  }

  @Test
  void push_whenThePortBreaks_tellsNothingOfIt() {
    sessions.answerPushes(
        _ -> CompletableFuture.failedFuture(new IllegalStateException("secret detail")));
    open();

    session.onNext(wire(Sendings.raw(7, new byte[1])));

    assertThat(Stages.await(call.end)).isEqualTo("INTERNAL: internal error, see the server's log");
  }

  private GatewaySession session(AgentSessions gateway, Duration helloTimeout) {
    GatewaySession made = new GatewaySession(gateway, () -> new Now(1, 1), _ -> {}, call, _ -> {});
    made.start(helloTimeout);
    return made;
  }

  /** Opens the session and returns what checks the gateway's messages. */
  private SessionSeal open() {
    session.onNext(wire(hello));
    return new SessionSeal(Sendings.KEY.downlink(), sessionNonce());
  }

  private SessionSeal sealOfAgent() {
    session.onNext(wire(hello));
    return new SessionSeal(Sendings.KEY.uplink(), sessionNonce());
  }

  private byte[] sessionNonce() {
    var welcome = Handshakes.fromWire(call.sent.remove().getWelcome());
    assertThat(welcome.holds(Sendings.KEY, hello)).isTrue();
    return Handshakes.sessionNonce(hello, welcome);
  }

  private static ServerSignal unseal(SessionSeal seal, ServerMessage message)
      throws InvalidProtocolBufferException {
    SessionSeal.Sealed sealed = Handshakes.fromWire(message.getSealed());
    assertThat(seal.opens(sealed)).isTrue();
    return ServerSignal.parseFrom(sealed.payload());
  }

  private static Committed committed(long through) {
    EpochProgress progress =
        new EpochProgress(Sendings.EPOCH, through, List.of(), Balance.ZERO, false, false);
    return new Committed(progress, List.of(), List.of());
  }

  private static AgentMessage heartbeat(SessionSeal seal, long sentAtMillis) {
    SessionSeal.Sealed sealed = seal.seal(signal(sentAtMillis).toByteArray());
    return AgentMessage.newBuilder().setSealed(Handshakes.toWire(sealed)).build();
  }

  private static AgentSignal signal(long sentAtMillis) {
    return AgentSignal.newBuilder()
        .setHeartbeat(StreamHeartbeat.newBuilder().setSentAtMs(sentAtMillis))
        .build();
  }

  private static AgentMessage wire(Hello hello) {
    return AgentMessage.newBuilder().setHello(Handshakes.toWire(hello)).build();
  }

  private static AgentMessage wire(RawSubmission raw) {
    Push push =
        Push.newBuilder()
            .setHeader(Handshakes.bytes(raw.header()))
            .setEnvelope(Handshakes.bytes(raw.envelope()))
            .setBody(Handshakes.bytes(raw.body()))
            .build();
    return AgentMessage.newBuilder().setPush(push).build();
  }

  /** Answers a hello when the test says so. */
  private record SlowSessions(CompletableFuture<Opening> answer) implements AgentSessions {
    @Override
    public CompletableFuture<Opening> open(Hello hello, Listener listener, Now now) {
      return answer;
    }

    @Override
    public CompletableFuture<Boolean> heartbeat(HeartbeatProof proof, Now now) {
      return CompletableFuture.completedFuture(false);
    }
  }
}
