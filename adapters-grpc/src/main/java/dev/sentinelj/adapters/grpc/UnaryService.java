package dev.sentinelj.adapters.grpc;

import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.session.HeartbeatProof;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.SessionSeal;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driving.AgentSessions;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.ports.driving.EnrolAgents.Enrolled;
import dev.sentinelj.ports.driving.IngestBatches;
import dev.sentinelj.proto.AgentServiceGrpc;
import dev.sentinelj.proto.Heartbeat;
import dev.sentinelj.proto.PushResponse;
import dev.sentinelj.proto.RegisterRequest;
import dev.sentinelj.proto.RegisterResponse;
import dev.sentinelj.proto.Sealed;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** The calls that a simple client makes: enrol, push a batch, give a sign of life. */
final class UnaryService {
  /** Longest hardware id, version and token that are looked at. */
  private static final int MAX_TEXT_CHARS = 256;

  private final IngestBatches ingest;
  private final AgentSessions sessions;
  private final EnrolAgents enrolment;
  private final Supplier<Now> clock;

  UnaryService(
      IngestBatches ingest, AgentSessions sessions, EnrolAgents enrolment, Supplier<Now> clock) {
    this.ingest = ingest;
    this.sessions = sessions;
    this.enrolment = enrolment;
    this.clock = clock;
  }

  ServerServiceDefinition definition() {
    return ServerServiceDefinition.builder(AgentServiceGrpc.SERVICE_NAME)
        .addMethod(
            AgentServiceGrpc.getRegisterMethod(),
            ServerCalls.asyncUnaryCall(
                (request, out) -> reply("enrolling", out, () -> register(request))))
        .addMethod(UnaryMethods.PUSH, withHeaders("taking a batch", this::push))
        .addMethod(
            AgentServiceGrpc.getSendHeartbeatMethod(),
            withHeaders("taking a heart-beat", this::heartbeat))
        .build();
  }

  private CompletionStage<PushResponse> push(Metadata headers, byte[] body) {
    RawSubmission raw =
        new RawSubmission(
            require(headers, UnaryMethods.HEADER),
            require(headers, UnaryMethods.ENVELOPE),
            body,
            sets(headers));
    return ingest
        .ingest(Optional.empty(), raw, clock.get())
        .thenApply(answer -> response(raw, answer));
  }

  private static PushResponse response(RawSubmission raw, IngestBatches.Answer answer) {
    PushResponse.Builder response = PushResponse.newBuilder();
    switch (answer.verdict()) {
      case IngestVerdict.Accepted _ -> response.setStatus(PushResponse.Status.OK);
      case IngestVerdict.Retry(var reason, long delayMillis) ->
          response
              .setStatus(PushResponse.Status.RETRY)
              .setReason(reason.word())
              .setMessage("not taken now, send it again later")
              .setRetryAfterMs(delayMillis);
      case IngestVerdict.Skewed _ ->
          rejected(response, "skewed", "the sender's clock is off; the server's time is sealed");
      case IngestVerdict.Refused(Refusal reason) -> rejected(response, reason.word(), text(reason));
    }
    answer.key().ifPresent(key -> response.setSealed(sealed(key, raw, answer.verdict())));
    return response.build();
  }

  private static void rejected(PushResponse.Builder response, String reason, String message) {
    response.setStatus(PushResponse.Status.REJECTED).setReason(reason).setMessage(message);
  }

  private static Sealed sealed(AgentKey key, RawSubmission raw, IngestVerdict verdict) {
    Attempt about =
        Attempt.of(raw)
            .orElseThrow(() -> new IllegalStateException("MACs held over unreadable bytes"));
    byte[] nonce = Envelope.Signed.parse(raw.envelope()).mac().toBytes();
    SessionSeal seal = new SessionSeal(key.downlink(), nonce);
    return Handshakes.toWire(seal.seal(ServerSignals.verdict(about, verdict).toByteArray()));
  }

  private static String text(Refusal reason) {
    return switch (reason) {
      case TOO_BIG -> "the batch is larger than this gateway takes";
      case MALFORMED -> "header or envelope are not in their format";
      case UNSUPPORTED_VERSION -> "this build does not know the version of the header";
      case UNKNOWN_AGENT -> "no agent of this name is enrolled";
      case DELETED_AGENT -> "the agent was deleted";
      case UNKNOWN_KEY -> "the agent has no such key, or it may sign nothing any more";
      case BAD_MAC -> "a MAC or the body's hash does not hold";
      case OUTSIDE_WINDOW -> "sent too long ago, or too far in the future";
      case TIME_SPAN -> "the samples of one batch lie too far apart in time";
      case BAD_SET -> "an attached series set is not the one its hash names";
      case AGENT_MISMATCH -> "the batch names another agent than the caller is";
    };
  }

  private CompletionStage<PushResponse> heartbeat(Metadata headers, Heartbeat heartbeat) {
    HeartbeatProof proof = proof(require(headers, UnaryMethods.HEARTBEAT));
    if (!proof.agent().value().equals(heartbeat.getAgentId())) {
      throw invalid("agent_id is another one than in sentinel-heartbeat-bin");
    }
    return sessions.heartbeat(proof, clock.get()).thenApply(UnaryService::response);
  }

  private static PushResponse response(boolean believed) {
    PushResponse.Builder response = PushResponse.newBuilder();
    if (!believed) {
      rejected(response, "not_believed", "agent, key, MAC or time of the heart-beat do not hold");
    }
    return response.build();
  }

  private static HeartbeatProof proof(byte[] bytes) {
    try {
      return HeartbeatProof.parse(bytes);
    } catch (MalformedException e) {
      throw invalid("sentinel-heartbeat-bin: " + e.getMessage());
    }
  }

  private CompletionStage<RegisterResponse> register(RegisterRequest request) {
    text("hw_id", request.getHwId());
    text("join_token", request.getJoinToken());
    if (request.getAgentVersion().length() > MAX_TEXT_CHARS) {
      throw invalid("agent_version is too long");
    }
    return enrolment
        .enrol(request.getJoinToken(), request.getHwId(), request.getAgentVersion(), clock.get())
        .thenApply(UnaryService::response);
  }

  private static RegisterResponse response(Enrolled enrolled) {
    return switch (enrolled) {
      case Enrolled.Welcome(var agent, var key, var secret, long serverMillis) ->
          RegisterResponse.newBuilder()
              .setAgentId(agent.value())
              .setSecret(Base64.getEncoder().encodeToString(secret.reveal()))
              .setKeyId(key.value())
              .setServerTimeMs(serverMillis)
              .build();
      case Enrolled.Refused(String code, String message) -> {
        Status status =
            code.equals("bad_request") ? Status.INVALID_ARGUMENT : Status.PERMISSION_DENIED;
        throw status.withDescription(code + ": " + message).asRuntimeException();
      }
    };
  }

  private static void text(String field, String value) {
    if (value.isEmpty()) {
      throw invalid(field + " is empty");
    }
    if (value.length() > MAX_TEXT_CHARS) {
      throw invalid(field + " is longer than " + MAX_TEXT_CHARS + " characters");
    }
  }

  private static byte[] require(Metadata headers, Metadata.Key<byte[]> key) {
    byte[] value = headers.get(key);
    if (value == null) {
      throw invalid("metadata " + key.originalName() + " is missing");
    }
    return value;
  }

  private static List<byte[]> sets(Metadata headers) {
    List<byte[]> sets = new ArrayList<>();
    Iterable<byte[]> found = headers.getAll(UnaryMethods.SET);
    if (found != null) {
      found.forEach(sets::add);
    }
    return sets;
  }

  private static RuntimeException invalid(String description) {
    return Status.INVALID_ARGUMENT.withDescription(description).asRuntimeException();
  }

  /** What one call does with its metadata and its message. */
  @FunctionalInterface
  private interface Work<Q, A> {
    CompletionStage<A> on(Metadata headers, Q request);
  }

  /** A handler of a call whose metadata matters: one per call, so that it can be captured. */
  private static <Q, A> ServerCallHandler<Q, A> withHeaders(String doing, Work<Q, A> work) {
    return new ServerCallHandler<>() {
      @Override
      public ServerCall.Listener<Q> startCall(ServerCall<Q, A> call, Metadata headers) {
        ServerCallHandler<Q, A> one =
            ServerCalls.asyncUnaryCall(
                (request, out) -> reply(doing, out, () -> work.on(headers, request)));
        return one.startCall(call, headers);
      }
    };
  }

  /** Starts the work and answers when it is done; a failure becomes a status without its text. */
  private static <A> void reply(
      String doing, StreamObserver<A> out, Supplier<CompletionStage<A>> work) {
    // Set so that answering a caller who is gone does nothing instead of throwing.
    ((ServerCallStreamObserver<A>) out).setOnCancelHandler(Failures.NOTHING);
    try {
      var _ =
          work.get()
              .whenComplete((answer, failure) -> {
                if (failure != null) {
                  out.onError(Failures.status(doing, failure));
                } else {
                  out.onNext(answer);
                  out.onCompleted();
                }
              });
    } catch (RuntimeException e) {
      out.onError(Failures.status(doing, e));
    }
  }
}
