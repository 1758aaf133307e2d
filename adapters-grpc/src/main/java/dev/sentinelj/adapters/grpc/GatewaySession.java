package dev.sentinelj.adapters.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.session.Welcome;
import dev.sentinelj.core.signing.SessionSeal;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driving.AgentSessions;
import dev.sentinelj.proto.AgentMessage;
import dev.sentinelj.proto.AgentSignal;
import dev.sentinelj.proto.Push;
import dev.sentinelj.proto.Sealed;
import dev.sentinelj.proto.ServerMessage;
import dev.sentinelj.proto.ServerSignal;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The gateway's end of one stream. Waits for a hello, then for its opening, then is open until
 * either side ends it.
 *
 * <p>Messages are asked for one by one, so that what an agent sends ahead stays in the transport's
 * window: one before the session is open, {@value #MAX_IN_FLIGHT} unanswered ones afterwards, and
 * none while the agent does not read its answers.
 *
 * <p>Longer than most files because every step of a stream changes one state under one lock.
 */
final class GatewaySession implements StreamObserver<AgentMessage>, AgentSessions.Listener {
  /** Messages of one session that are being worked on. */
  static final int MAX_IN_FLIGHT = 32;

  /** What an agent is asked to wait when nothing better is known. */
  static final long BACK_OFF_MILLIS = 5_000;

  private final AgentSessions sessions;
  private final Supplier<Now> clock;
  private final Consumer<byte[]> nonces;
  private final ServerCallStreamObserver<ServerMessage> out;
  private final Consumer<GatewaySession> ended;
  private final CompletableFuture<Void> handshake = new CompletableFuture<>();

  /** Guards everything below, and sealing together with sending: counters are in sending order. */
  private final Object lock = new Object();

  private State state = State.AWAITING_HELLO;
  private @Nullable Channel channel;
  private int owed;
  private @Nullable Committed unsaidProgress;
  private @Nullable List<Sha256> unsaidSets;

  private enum State {
    AWAITING_HELLO,
    OPENING,
    OPEN,
    ENDED
  }

  /** What an open session has. The uplink seal belongs to the transport's callbacks. */
  private record Channel(AgentSessions.Session session, SessionSeal uplink, SessionSeal downlink) {}

  /**
   * @param nonces fills an array with random bytes
   * @param ended told when the stream is gone, perhaps twice
   */
  GatewaySession(
      AgentSessions sessions,
      Supplier<Now> clock,
      Consumer<byte[]> nonces,
      ServerCallStreamObserver<ServerMessage> out,
      Consumer<GatewaySession> ended) {
    this.sessions = sessions;
    this.clock = clock;
    this.nonces = nonces;
    this.out = out;
    this.ended = ended;
  }

  /** Must be called before the transport's call-back that made the stream returns. */
  void start(Duration helloTimeout) {
    out.disableAutoRequest();
    out.setOnReadyHandler(this::caughtUp);
    out.setOnCancelHandler(this::gone);
    out.setOnCloseHandler(this::gone);
    out.request(1);
    var _ =
        handshake
            .orTimeout(helloTimeout.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(failure -> {
              if (failure instanceof TimeoutException) {
                end(ServerSignals.backOff("hello_timeout", BACK_OFF_MILLIS));
              }
              return null;
            });
  }

  @Override
  public void onNext(AgentMessage message) {
    try {
      switch (message.getMessageCase()) {
        case HELLO -> hello(message.getHello());
        case PUSH -> push(message.getPush());
        case SEALED -> signal(message.getSealed());
        case MESSAGE_NOT_SET -> answered(); // of a newer agent
      }
    } catch (MalformedException e) {
      Failures.debug(
          "grpc: a message of an agent is malformed: {0}", String.valueOf(e.getMessage()));
      end(ServerSignals.backOff(Refusal.MALFORMED.word(), BACK_OFF_MILLIS));
    } catch (RuntimeException e) {
      fail("reading a message of an agent", e);
    }
  }

  @Override
  public void onError(Throwable broken) {
    gone();
  }

  @Override
  public void onCompleted() {
    bye();
  }

  /** Ends the stream in peace: the agent may connect again at once. */
  void bye() {
    synchronized (lock) {
      if (state != State.ENDED) {
        state = State.ENDED;
        out.onCompleted();
      }
    }
  }

  private void hello(dev.sentinelj.proto.Hello wire) {
    Hello hello = Handshakes.fromWire(wire);
    synchronized (lock) {
      if (state == State.ENDED) {
        return;
      }
      if (state != State.AWAITING_HELLO) {
        throw new MalformedException("a second hello");
      }
      state = State.OPENING;
    }
    var _ =
        sessions
            .open(hello, this, clock.get())
            .whenComplete((opening, failure) -> {
              if (failure != null) {
                fail("opening a session", failure);
              } else {
                Failures.logged("opening a session", () -> opened(hello, opening));
              }
            });
  }

  private void opened(Hello hello, AgentSessions.Opening opening) {
    handshake.complete(null);
    switch (opening) {
      case AgentSessions.Opening.Opened answer -> welcome(hello, answer);
      case AgentSessions.Opening.Refused(Refusal reason) ->
          end(ServerSignals.backOff(reason.word(), BACK_OFF_MILLIS));
      case AgentSessions.Opening.Unavailable(var reason, long delayMillis) ->
          end(ServerSignals.backOff(reason.word(), delayMillis));
      case AgentSessions.Opening.Skewed(var key, long serverMillis) -> {
        SessionSeal seal = new SessionSeal(key.downlink(), Handshakes.helloNonce(hello));
        end(sealed(seal, ServerSignals.skewed(serverMillis)));
      }
    }
  }

  private void welcome(Hello hello, AgentSessions.Opening.Opened opened) {
    byte[] nonce = new byte[Hello.NONCE_BYTES];
    nonces.accept(nonce);
    Welcome welcome =
        Welcome.sign(opened.key(), hello, nonce, clock.get().wallMillis(), opened.limits());
    byte[] sealNonce = Handshakes.sessionNonce(hello, welcome);
    synchronized (lock) {
      if (state != State.ENDED) {
        channel =
            new Channel(
                opened.session(),
                new SessionSeal(opened.key().uplink(), sealNonce),
                new SessionSeal(opened.key().downlink(), sealNonce));
        state = State.OPEN;
        out.onNext(ServerMessage.newBuilder().setWelcome(Handshakes.toWire(welcome)).build());
        sayUnsaid();
        out.request(MAX_IN_FLIGHT);
        return;
      }
    }
    opened.session().close(); // the agent did not wait
  }

  private void push(Push push) {
    Channel open = open();
    if (open == null) {
      return;
    }
    RawSubmission raw =
        new RawSubmission(
            push.getHeader().toByteArray(),
            push.getEnvelope().toByteArray(),
            push.getBody().toByteArray(),
            push.getSetsList().stream().map(ByteString::toByteArray).toList());
    var _ =
        open.session()
            .push(raw, clock.get())
            .whenComplete((verdict, failure) -> {
              if (failure != null) {
                fail("taking a batch", failure);
              } else {
                Failures.logged("answering a batch", () -> pushed(raw, verdict));
              }
            });
  }

  private void pushed(RawSubmission raw, IngestVerdict verdict) {
    Attempt about = Attempt.of(raw).orElse(null);
    if (about == null) { // there is no way to say which batch it was
      end(ServerSignals.backOff(Refusal.MALFORMED.word(), BACK_OFF_MILLIS));
    } else if (verdict instanceof IngestVerdict.Refused(Refusal reason) && !reason.proved()) {
      send(ServerSignals.backOff(about, reason.word(), BACK_OFF_MILLIS));
      answered();
    } else {
      say(ServerSignals.answer(about, verdict));
      answered();
    }
  }

  private void signal(Sealed wire) {
    Channel open = open();
    if (open == null) {
      return;
    }
    SessionSeal.Sealed sealed = Handshakes.fromWire(wire);
    if (!open.uplink().opens(sealed)) {
      end(ServerSignals.backOff(Refusal.BAD_MAC.word(), BACK_OFF_MILLIS));
      return;
    }
    AgentSignal signal = parse(sealed.payload());
    switch (signal.getSignalCase()) {
      case HEARTBEAT -> {
        open.session().heartbeat(signal.getHeartbeat().getSentAtMs(), clock.get());
        answered();
      }
      case RECONCILE -> reconcile(open, signal.getReconcile());
      case CLOSE_EPOCH -> closeEpoch(open, signal.getCloseEpoch().getEpoch());
      case CONFIG_ACK, KEY_ROTATION_PROOF, COMMAND_RESULT, SIGNAL_NOT_SET -> {
        Failures.debug("grpc: this build takes no {0}", signal.getSignalCase());
        answered();
      }
    }
  }

  private static AgentSignal parse(byte[] payload) {
    try {
      return AgentSignal.parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedException("a signal is not in its format", e);
    }
  }

  private void reconcile(Channel open, dev.sentinelj.proto.Reconcile wire) {
    ReconcileQuery query =
        new ReconcileQuery(
            wire.getEpoch(),
            wire.getSeqs().getFrom(),
            wire.getSeqs().getTo(),
            hash(wire.getDigest()));
    answer("reconciling a segment", open.session().reconcile(query), ServerSignals::reconciled);
  }

  private void closeEpoch(Channel open, long epoch) {
    answer(
        "closing an epoch",
        open.session().closeEpoch(epoch),
        _ -> ServerSignals.epochClosed(epoch));
  }

  private <T> void answer(String doing, CompletionStage<T> stage, Function<T, ServerSignal> words) {
    var _ =
        stage.whenComplete((answer, failure) -> {
          if (failure == null) {
            say(words.apply(answer));
            answered();
          } else if (Failures.cause(failure) instanceof PortUnavailableException) {
            answered(); // the agent asks again when no answer comes
          } else {
            fail(doing, failure);
          }
        });
  }

  private static Sha256 hash(ByteString bytes) {
    if (bytes.size() != Sha256.BYTES) {
      throw new MalformedException("a digest has " + Sha256.BYTES + " bytes");
    }
    return Sha256.fromBytes(bytes.toByteArray());
  }

  @Override
  public void committed(Committed committed) {
    synchronized (lock) {
      unsaidProgress = committed; // the latest word counts
      sayUnsaid();
    }
  }

  @Override
  public void setsNeeded(List<Sha256> sets) {
    synchronized (lock) {
      unsaidSets = sets;
      sayUnsaid();
    }
  }

  @Override
  public void end(Refusal reason) {
    synchronized (lock) {
      if (reason == Refusal.DELETED_AGENT) {
        say(ServerSignals.deleted());
      }
      end(ServerSignals.backOff(reason.word(), BACK_OFF_MILLIS));
    }
  }

  /** The open channel, or null when the session was ended by us and the agent does not know yet. */
  private @Nullable Channel open() {
    synchronized (lock) {
      if (state != State.OPEN && state != State.ENDED) {
        throw new MalformedException("a message before the session is open");
      }
      return state == State.OPEN ? channel : null;
    }
  }

  private void say(ServerSignal signal) {
    synchronized (lock) {
      if (state == State.OPEN && channel != null) {
        out.onNext(sealed(channel.downlink(), signal));
      }
    }
  }

  private static ServerMessage sealed(SessionSeal seal, ServerSignal signal) {
    return ServerMessage.newBuilder()
        .setSealed(Handshakes.toWire(seal.seal(signal.toByteArray())))
        .build();
  }

  private void send(ServerMessage message) {
    synchronized (lock) {
      if (state == State.OPEN) {
        out.onNext(message);
      }
    }
  }

  private void end(ServerMessage last) {
    synchronized (lock) {
      if (state != State.ENDED) {
        state = State.ENDED;
        out.onNext(last);
        out.onCompleted();
      }
    }
  }

  private void fail(String doing, Throwable failure) {
    synchronized (lock) {
      if (state != State.ENDED) {
        state = State.ENDED;
        out.onError(Failures.status(doing, failure));
      }
    }
  }

  /** One message is dealt with: asks for another, now or when the agent has read its answers. */
  private void answered() {
    synchronized (lock) {
      if (state == State.ENDED) {
        return;
      }
      if (out.isReady()) {
        out.request(1);
      } else {
        owed++;
      }
    }
  }

  private void caughtUp() {
    synchronized (lock) {
      if (state != State.ENDED && owed > 0) {
        out.request(owed);
        owed = 0;
      }
      sayUnsaid();
    }
  }

  /**
   * Words that replace each other wait here while the agent does not read, or is not welcomed yet.
   */
  private void sayUnsaid() {
    if (state != State.OPEN || !out.isReady()) {
      return;
    }
    Committed progress = unsaidProgress;
    if (progress != null) {
      say(ServerSignals.committed(progress));
      unsaidProgress = null;
    }
    List<Sha256> sets = unsaidSets;
    if (sets != null) {
      say(ServerSignals.setsNeeded(sets));
      unsaidSets = null;
    }
  }

  private void gone() {
    Channel left;
    synchronized (lock) {
      state = State.ENDED;
      left = channel;
      channel = null;
    }
    handshake.complete(null);
    ended.accept(this);
    if (left != null) {
      left.session().close();
    }
  }
}
