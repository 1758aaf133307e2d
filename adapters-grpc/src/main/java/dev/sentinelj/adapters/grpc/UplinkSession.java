package dev.sentinelj.adapters.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sentinelj.core.ingest.Submission;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.Downlink.CloseReason;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.session.Welcome;
import dev.sentinelj.core.signing.SessionSeal;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.Uplink;
import dev.sentinelj.proto.AgentMessage;
import dev.sentinelj.proto.AgentSignal;
import dev.sentinelj.proto.AgentStreamGrpc;
import dev.sentinelj.proto.BackOff;
import dev.sentinelj.proto.CloseEpoch;
import dev.sentinelj.proto.Push;
import dev.sentinelj.proto.Reconcile;
import dev.sentinelj.proto.Sealed;
import dev.sentinelj.proto.SeqRange;
import dev.sentinelj.proto.ServerMessage;
import dev.sentinelj.proto.ServerSignal;
import dev.sentinelj.proto.StreamHeartbeat;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The agent's end of one stream: says hello, believes the gateway when its welcome holds, and from
 * then on only what holds under the session's seal. One flaw in that ends it.
 *
 * <p>Longer than most files because every step of a stream changes one state under one lock.
 */
final class UplinkSession
    implements Uplink.Session, ClientResponseObserver<AgentMessage, ServerMessage> {
  /** Batches without an answer that may be under way before {@link #ready} says no. */
  static final int MAX_UNANSWERED = 64;

  private final Uplink.Opening opening;
  private final Hello hello;
  private final ManagedChannel channel;
  private final Consumer<Downlink> listener;
  private final Executor events = new SerialExecutor(GrpcUplink.THREADS);
  private final CompletableFuture<Void> handshake = new CompletableFuture<>();

  /** Before the welcome the one thing that may be sealed; afterwards of the session. */
  private SessionSeal downlink;

  /** Guards everything below, and sealing together with sending: counters are in sending order. */
  private final Object lock = new Object();

  private State state = State.OPENING;
  private @Nullable ClientCallStreamObserver<AgentMessage> call;
  private @Nullable SessionSeal uplink;
  private int unanswered;

  private enum State {
    OPENING,
    OPEN,
    ENDED
  }

  UplinkSession(
      Uplink.Opening opening, byte[] nonce, Consumer<Downlink> listener, ManagedChannel channel) {
    this.opening = opening;
    this.listener = listener;
    this.channel = channel;
    this.hello =
        Hello.sign(
            opening.key(),
            opening.epoch(),
            opening.agentVersion(),
            nonce,
            opening.sentAtMillis(),
            opening.nextSeq());
    this.downlink = new SessionSeal(opening.key().downlink(), Handshakes.helloNonce(hello));
  }

  void start(Duration handshakeTimeout) {
    var _ =
        handshake
            .orTimeout(handshakeTimeout.toMillis(), TimeUnit.MILLISECONDS)
            .exceptionally(failure -> {
              if (failure instanceof TimeoutException) {
                finish(CloseReason.LOST, "no welcome within " + handshakeTimeout);
              }
              return null;
            });
    var out = AgentStreamGrpc.newStub(channel).open(this);
    out.onNext(AgentMessage.newBuilder().setHello(Handshakes.toWire(hello)).build());
  }

  @Override
  public void beforeStart(ClientCallStreamObserver<AgentMessage> started) {
    started.disableAutoRequestWithInitial(1);
    synchronized (lock) {
      call = started;
    }
  }

  @Override
  public void onNext(ServerMessage message) {
    try {
      switch (message.getMessageCase()) {
        case WELCOME -> welcome(Handshakes.fromWire(message.getWelcome()));
        case SEALED -> sealed(message.getSealed());
        case BACK_OFF -> backOff(message.getBackOff());
        case MESSAGE_NOT_SET -> {} // of a newer gateway
      }
    } catch (MalformedException e) {
      finish(CloseReason.LOST, "a message of the gateway is malformed: " + e.getMessage());
    }
    events.execute(this::requestNext); // behind the events of this one: the listener sets the pace
  }

  @Override
  public void onError(Throwable broken) {
    Status status = Status.fromThrowable(broken);
    Throwable cause = status.getCause();
    String detail = cause == null ? "" : ": " + rootOf(cause).getMessage();
    finish(
        CloseReason.LOST,
        "the connection failed: " + status.getCode() + " " + status.getDescription() + detail);
  }

  @Override
  public void onCompleted() {
    finish(CloseReason.LOST, "the gateway ended the session");
  }

  private void welcome(Welcome welcome) {
    if (!welcome.holds(opening.key(), hello)) {
      finish(CloseReason.LOST, "the welcome is not of a gateway that knows this agent's key");
      return;
    }
    byte[] nonce = Handshakes.sessionNonce(hello, welcome);
    synchronized (lock) {
      if (state != State.OPENING) {
        throw new MalformedException("a second welcome");
      }
      state = State.OPEN;
      uplink = new SessionSeal(opening.key().uplink(), nonce);
    }
    downlink = new SessionSeal(opening.key().downlink(), nonce);
    handshake.complete(null);
    hear(new Downlink.Opened(welcome.serverMillis(), welcome.limits()));
  }

  private void sealed(Sealed wire) {
    SessionSeal.Sealed sealed = Handshakes.fromWire(wire);
    if (!downlink.opens(sealed)) {
      finish(CloseReason.LOST, "the MAC of a message of the gateway does not hold");
      return;
    }
    ServerSignal signal = parse(sealed.payload());
    if (signal.hasDeleted()) {
      finish(CloseReason.REFUSED, "this agent was deleted");
      return;
    }
    List<Downlink> heard = Downlinks.of(opening.epoch(), signal);
    if (heard.isEmpty()) {
      Failures.debug("grpc: this build does not know {0}", signal.getSignalCase());
    }
    heard.forEach(this::hear);
  }

  private static ServerSignal parse(byte[] payload) {
    try {
      return ServerSignal.parseFrom(payload);
    } catch (InvalidProtocolBufferException e) {
      throw new MalformedException("a signal is not in its format", e);
    }
  }

  private void backOff(BackOff backOff) {
    String reason = backOff.getReason();
    if (!Downlinks.aboutSession(backOff)) {
      Failures.debug("grpc: the gateway does not take a batch: {0}", reason);
      hear(Downlinks.unproved(backOff));
    } else if (Downlinks.refusal(reason).isPresent()) {
      finish(CloseReason.REFUSED, "the gateway refuses the session: " + reason);
    } else {
      finish(CloseReason.LOST, "the gateway asks for patience: " + reason);
    }
  }

  private void hear(Downlink event) {
    synchronized (lock) {
      if (state == State.ENDED) {
        return;
      }
      if (answersBatch(event) && unanswered > 0) {
        unanswered--;
      }
      events.execute(() -> listener.accept(event)); // under the lock: nothing may follow Closed
    }
  }

  private static boolean answersBatch(Downlink event) {
    return switch (event) {
      case Downlink.Accepted _, Downlink.RetryLater _, Downlink.Refused _, Downlink.Skewed _ ->
          true;
      case Downlink.Opened _,
          Downlink.Progress _,
          Downlink.SetsNeeded _,
          Downlink.Reconciled _,
          Downlink.EpochClosed _,
          Downlink.Closed _ ->
          false;
    };
  }

  @Override
  public void push(Submission submission) {
    Push.Builder push =
        Push.newBuilder()
            .setHeader(Handshakes.bytes(submission.batch().headerBytes()))
            .setEnvelope(Handshakes.bytes(submission.envelope().toBytes()))
            .setBody(Handshakes.bytes(submission.batch().body()));
    submission.attachedSets().forEach(set -> push.addSets(Handshakes.bytes(set)));
    AgentMessage message = AgentMessage.newBuilder().setPush(push).build();
    synchronized (lock) {
      if (state == State.OPEN && call != null) {
        unanswered++;
        call.onNext(message);
      }
    }
  }

  @Override
  public boolean ready() {
    synchronized (lock) {
      return state == State.OPEN && unanswered < MAX_UNANSWERED && call != null && call.isReady();
    }
  }

  @Override
  public void heartbeat(long sentAtMillis) {
    say(
        AgentSignal.newBuilder()
            .setHeartbeat(StreamHeartbeat.newBuilder().setSentAtMs(sentAtMillis))
            .build());
  }

  @Override
  public void reconcile(ReconcileQuery query) {
    SeqRange seqs = SeqRange.newBuilder().setFrom(query.from()).setTo(query.to()).build();
    say(
        AgentSignal.newBuilder()
            .setReconcile(
                Reconcile.newBuilder()
                    .setEpoch(query.epoch())
                    .setSeqs(seqs)
                    .setDigest(Handshakes.bytes(query.digest().toBytes())))
            .build());
  }

  @Override
  public void closeEpoch(long epoch) {
    say(AgentSignal.newBuilder().setCloseEpoch(CloseEpoch.newBuilder().setEpoch(epoch)).build());
  }

  @Override
  public void close() {
    finish(CloseReason.LOST, "closed by the agent");
  }

  private void say(AgentSignal signal) {
    synchronized (lock) {
      if (state == State.OPEN && call != null && uplink != null) {
        Sealed sealed = Handshakes.toWire(uplink.seal(signal.toByteArray()));
        call.onNext(AgentMessage.newBuilder().setSealed(sealed).build());
      }
    }
  }

  private void requestNext() {
    synchronized (lock) {
      if (state != State.ENDED && call != null) {
        call.request(1);
      }
    }
  }

  private void finish(CloseReason why, String reason) {
    synchronized (lock) {
      if (state == State.ENDED) {
        return;
      }
      state = State.ENDED;
      events.execute(() -> listener.accept(new Downlink.Closed(why, reason)));
    }
    handshake.complete(null);
    channel.shutdownNow();
  }

  private static Throwable rootOf(Throwable failure) {
    Throwable cause = failure.getCause();
    return cause == null ? failure : rootOf(cause);
  }
}
