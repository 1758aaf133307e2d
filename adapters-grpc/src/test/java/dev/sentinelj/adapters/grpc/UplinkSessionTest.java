package dev.sentinelj.adapters.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.session.Welcome;
import dev.sentinelj.core.signing.SessionSeal;
import dev.sentinelj.ports.driven.Uplink;
import dev.sentinelj.proto.AgentMessage;
import dev.sentinelj.proto.AgentStreamGrpc;
import dev.sentinelj.proto.BackOff;
import dev.sentinelj.proto.ServerMessage;
import dev.sentinelj.testkit.RecordedEvents;
import dev.sentinelj.testkit.Stages;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an agent believes of a gateway that lies. */
class UplinkSessionTest {
  private final String name = UUID.randomUUID().toString();
  private final CompletableFuture<Hello> hello = new CompletableFuture<>();
  private final CompletableFuture<StreamObserver<ServerMessage>> toAgent =
      new CompletableFuture<>();
  private final Server server =
      InProcessServerBuilder.forName(name).addService(new Puppet()).build();
  private final RecordedEvents events = new RecordedEvents();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.shutdownNow();
  }

  @Test
  void message_repeated_endsTheSession() {
    SessionSeal seal = open();
    ServerMessage skewed = sealed(seal.seal(ServerSignals.skewed(1).toByteArray()));

    say(skewed);
    say(skewed);

    assertThat(events.next(Downlink.Skewed.class).serverMillis()).isEqualTo(1);
    assertThat(events.next(Downlink.Closed.class).reason()).contains("MAC");
  }

  @Test
  void message_leftOut_endsTheSession() {
    SessionSeal seal = open();
    seal.seal(ServerSignals.skewed(1).toByteArray());

    say(sealed(seal.seal(ServerSignals.skewed(2).toByteArray())));

    assertThat(events.next(Downlink.Closed.class).why()).isEqualTo(Downlink.CloseReason.LOST);
    assertThat(events.unread()).isEmpty();
  }

  @Test
  void message_changed_endsTheSession() {
    SessionSeal seal = open();
    SessionSeal.Sealed honest = seal.seal(ServerSignals.skewed(1).toByteArray());

    say(
        sealed(
            new SessionSeal.Sealed(
                honest.counter(), ServerSignals.deleted().toByteArray(), honest.mac())));

    assertThat(events.next(Downlink.Closed.class).why()).isEqualTo(Downlink.CloseReason.LOST);
  }

  @Test
  void message_underTheUplinkKey_endsTheSession() {
    open();
    byte[] nonce = new byte[2 * Hello.NONCE_BYTES]; // what both sides sent here
    SessionSeal reflected = new SessionSeal(Sendings.KEY.uplink(), nonce);

    say(sealed(reflected.seal(ServerSignals.skewed(1).toByteArray())));

    assertThat(events.next(Downlink.Closed.class).reason()).contains("MAC");
  }

  @Test
  void welcome_thatDoesNotCome_closesTheSession() {
    session(Duration.ofMillis(50));

    assertThat(events.next(Downlink.Closed.class).reason()).contains("no welcome");
  }

  @Test
  void welcome_toAnotherHello_closesTheSession() {
    session(Duration.ofMinutes(1));
    Hello other = Hello.sign(Sendings.KEY, Sendings.EPOCH, "1", new byte[16], 1, 1);

    say(welcome(Welcome.sign(Sendings.KEY, other, new byte[16], 1, SessionLimits.DEFAULT)));

    assertThat(events.next(Downlink.Closed.class).why()).isEqualTo(Downlink.CloseReason.LOST);
  }

  @Test
  void backOff_namingAPermanentRefusal_isNoMoreThanARequestToWait() {
    open();
    BackOff forged = BackOff.newBuilder().setReason("too_big").setSeq(1).setDelayMs(10).build();

    say(ServerMessage.newBuilder().setBackOff(forged).build());

    assertThat(events.next(Downlink.RetryLater.class).seq()).isEqualTo(1);
  }

  private void session(Duration handshakeTimeout) {
    var opening = new Uplink.Opening(Sendings.EPOCH, Sendings.KEY, "1", 1, Sendings.SENT_AT);
    new UplinkSession(
            opening,
            new byte[Hello.NONCE_BYTES],
            events,
            InProcessChannelBuilder.forName(name).build())
        .start(handshakeTimeout);
  }

  private SessionSeal open() {
    session(Duration.ofMinutes(1));
    Hello said = Stages.await(hello);
    Welcome welcome = Welcome.sign(Sendings.KEY, said, new byte[16], 1, SessionLimits.DEFAULT);
    say(welcome(welcome));
    events.next(Downlink.Opened.class);
    return new SessionSeal(Sendings.KEY.downlink(), Handshakes.sessionNonce(said, welcome));
  }

  private void say(ServerMessage message) {
    Stages.await(toAgent).onNext(message);
  }

  private static ServerMessage welcome(Welcome welcome) {
    return ServerMessage.newBuilder().setWelcome(Handshakes.toWire(welcome)).build();
  }

  private static ServerMessage sealed(SessionSeal.Sealed sealed) {
    return ServerMessage.newBuilder().setSealed(Handshakes.toWire(sealed)).build();
  }

  /** Takes the hello and leaves the rest to the test. */
  private final class Puppet extends AgentStreamGrpc.AgentStreamImplBase {
    @Override
    public StreamObserver<AgentMessage> open(StreamObserver<ServerMessage> answers) {
      toAgent.complete(answers);
      return new StreamObserver<>() {
        @Override
        public void onNext(AgentMessage message) {
          hello.complete(Handshakes.fromWire(message.getHello()));
        }

        @Override
        public void onError(Throwable broken) {}

        @Override
        public void onCompleted() {}
      };
    }
  }
}
