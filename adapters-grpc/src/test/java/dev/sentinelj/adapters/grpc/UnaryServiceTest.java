package dev.sentinelj.adapters.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.session.HeartbeatProof;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.SessionSeal;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driving.IngestBatches;
import dev.sentinelj.proto.AgentServiceGrpc;
import dev.sentinelj.proto.Heartbeat;
import dev.sentinelj.proto.PushResponse;
import dev.sentinelj.proto.PushResponse.Status;
import dev.sentinelj.proto.PushVerdict;
import dev.sentinelj.testkit.ScriptedSessions;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnaryServiceTest {
  private static final Receipt RECEIPT = new Receipt(1, Lane.FRESH, 2, 3);

  /**
   * A group that nobody defined, and a field in two pieces: no protobuf library writes this back.
   */
  private static final byte[] ODD_BODY = {0x7B, 0x08, 0x01, 0x7C, 0x18, (byte) 0x81, 0x00, 0x18, 5};

  private final RawSubmission push = Sendings.raw(1, ODD_BODY);
  private final AtomicReference<@Nullable RawSubmission> arrived = new AtomicReference<>();
  private final AtomicReference<IngestBatches.@Nullable Answer> answer = new AtomicReference<>();
  private final ScriptedSessions sessions = new ScriptedSessions(Sendings.KEY);
  private final GrpcGateway gateway =
      Gateways.started(this::ingest, sessions, new Gateways.NoEnrolment());
  private final ManagedChannel channel = GrpcUplink.channel(Gateways.address(gateway));

  @AfterEach
  void stop() {
    channel.shutdownNow();
    gateway.close();
  }

  @Test
  void push_passesEveryByteOn() {
    answer.set(accepted());

    PushResponse response = push(push);

    assertThat(response.getStatus()).isEqualTo(Status.OK);
    assertThat(arrived().body()).isEqualTo(ODD_BODY);
    assertThat(arrived().header()).isEqualTo(push.header());
    assertThat(arrived().envelope()).isEqualTo(push.envelope());
  }

  @Test
  void push_withSets_passesThemOnInOrder() {
    answer.set(accepted());
    Metadata metadata = metadata(push);
    metadata.put(UnaryMethods.SET, new byte[] {1});
    metadata.put(UnaryMethods.SET, new byte[60_000]);

    push(metadata, push.body());

    assertThat(arrived().attachedSets()).containsExactly(new byte[] {1}, new byte[60_000]);
  }

  @Test
  void push_answered_isSealedUnderTheMacOfTheRequest() throws InvalidProtocolBufferException {
    answer.set(accepted());

    PushVerdict verdict = unseal(push(push));

    assertThat(verdict.getAccepted().getSequence()).isEqualTo(3);
    assertThat(verdict.getAccepted().getGeneration()).isEqualTo(2);
  }

  @Test
  void push_withAClockThatIsOff_tellsTheTimeUnderTheSeal() throws InvalidProtocolBufferException {
    answer.set(new IngestBatches.Answer(new IngestVerdict.Skewed(99), Optional.of(Sendings.KEY)));

    PushResponse response = push(push);

    assertThat(response.getStatus()).isEqualTo(Status.REJECTED);
    assertThat(response.getReason()).isEqualTo("skewed");
    assertThat(unseal(response).getSkewed().getServerTimeMs()).isEqualTo(99);
  }

  @Test
  void push_toBeRepeated_saysWhen() {
    answer.set(
        new IngestBatches.Answer(
            new IngestVerdict.Retry(RetryReason.BUS_FULL, 700), Optional.empty()));

    PushResponse response = push(push);

    assertThat(response.getStatus()).isEqualTo(Status.RETRY);
    assertThat(response.getReason()).isEqualTo("bus_full");
    assertThat(response.getRetryAfterMs()).isEqualTo(700);
  }

  @Test
  void push_withOneByteChanged_isRejectedAsBadMac() {
    for (int at = 0; at < ODD_BODY.length; at++) {
      byte[] tampered = push.body().clone();
      tampered[at] = (byte) (tampered[at] ^ 1);

      PushResponse response = push(metadata(push), tampered);

      assertThat(response.getStatus()).isEqualTo(Status.REJECTED);
      assertThat(response.getReason()).isEqualTo("bad_mac");
      assertThat(response.hasSealed()).isFalse();
    }
  }

  @Test
  void push_withoutEnvelope_namesTheMissingKey() {
    Metadata metadata = metadata(push);
    metadata.removeAll(UnaryMethods.ENVELOPE);

    assertThatThrownBy(() -> push(metadata, push.body()))
        .hasMessage("INVALID_ARGUMENT: metadata sentinel-envelope-bin is missing");
  }

  @Test
  void push_ofTheGreatestMessage_isRead() {
    answer.set(accepted());
    int greatest = GatewaySettings.on(Gateways.FREE_PORT).maxMessageBytes();

    push(Sendings.raw(1, new byte[greatest]));

    assertThat(arrived().body()).hasSize(greatest);
  }

  @Test
  void push_ofAByteMore_isNotRead() {
    int greatest = GatewaySettings.on(Gateways.FREE_PORT).maxMessageBytes();
    assertThat(greatest)
        .isEqualTo(SessionLimits.DEFAULT.maxBatchBytes() + GatewaySettings.MESSAGE_MARGIN_BYTES);

    assertThatThrownBy(() -> push(Sendings.raw(1, new byte[greatest + 1])))
        .isInstanceOf(StatusRuntimeException.class);
    assertThat(arrived.get()).isNull();
  }

  @Test
  void push_ofAByteMore_isOneLineInTheLog() throws InterruptedException {
    BlockingQueue<LogRecord> lines = new LinkedBlockingQueue<>();
    Handler listener = listener(lines);
    TooLargeMessages.LOG.addHandler(listener);
    int greatest = GatewaySettings.on(Gateways.FREE_PORT).maxMessageBytes();

    assertThatThrownBy(() -> push(Sendings.raw(1, new byte[greatest + 1])))
        .hasMessageStartingWith("RESOURCE_EXHAUSTED");

    LogRecord line = Objects.requireNonNull(lines.poll(20, TimeUnit.SECONDS));
    TooLargeMessages.LOG.removeHandler(listener);
    assertThat(line.getMessage()).startsWith("refused: gRPC message exceeds maximum size");
    assertThat(line.getThrown()).isNull();
  }

  private static Handler listener(BlockingQueue<LogRecord> lines) {
    return new Handler() {
      @Override
      public void publish(LogRecord line) {
        lines.add(line);
      }

      @Override
      public void flush() {}

      @Override
      public void close() {}
    };
  }

  @Test
  void push_whenThePortBreaks_tellsNothingOfIt() {
    assertThatThrownBy(() -> push(push))
        .hasMessage("INTERNAL: internal error, see the server's log");
  }

  @Test
  void heartbeat_believed_isNoted() {
    HeartbeatProof proof = HeartbeatProof.sign(Sendings.KEY, Sendings.EPOCH.agent(), 42);

    PushResponse response = heartbeat(proof, "a1");

    assertThat(response.getStatus()).isEqualTo(Status.OK);
    assertThat(sessions.nextHeartbeat()).isEqualTo(42);
  }

  @Test
  void heartbeat_ofAnotherTimeThanSigned_isRejected() {
    HeartbeatProof proof = HeartbeatProof.sign(Sendings.KEY, Sendings.EPOCH.agent(), 42);
    HeartbeatProof later = new HeartbeatProof(proof.agent(), proof.key(), 43, proof.mac());

    assertThat(heartbeat(later, "a1").getStatus()).isEqualTo(Status.REJECTED);
  }

  @Test
  void heartbeat_ofAnotherAgentThanSigned_isRefused() {
    HeartbeatProof proof = HeartbeatProof.sign(Sendings.KEY, new AgentId("other"), 42);

    assertThatThrownBy(() -> heartbeat(proof, "a1")).hasMessageStartingWith("INVALID_ARGUMENT");
  }

  @Test
  void health_ofARunningGateway_isServing() {
    var response =
        HealthGrpc.newBlockingStub(channel).check(HealthCheckRequest.getDefaultInstance());

    assertThat(response.getStatus()).isEqualTo(ServingStatus.SERVING);
  }

  /** Checks the MACs as every gateway must, and otherwise answers as scripted. */
  private CompletionStage<IngestBatches.Answer> ingest(
      Optional<AgentId> session, RawSubmission raw, Now now) {
    arrived.set(raw);
    if (!holds(raw)) {
      return CompletableFuture.completedFuture(
          new IngestBatches.Answer(new IngestVerdict.Refused(Refusal.BAD_MAC), Optional.empty()));
    }
    IngestBatches.Answer scripted = answer.get();
    if (scripted == null) {
      throw new IllegalStateException("secret detail");
    }
    return CompletableFuture.completedFuture(scripted);
  }

  private RawSubmission arrived() {
    return Objects.requireNonNull(arrived.get(), "nothing arrived");
  }

  private static boolean holds(RawSubmission raw) {
    try {
      Envelope.Signed envelope = Envelope.Signed.parse(raw.envelope());
      SignedBatch batch =
          SignedBatch.of(
              raw.header(),
              raw.body(),
              envelope.envelope().contentKey(),
              envelope.envelope().contentMac());
      return SigningPolicy.contentHolds(Sendings.KEY, batch)
          && SigningPolicy.envelopeHolds(Sendings.KEY, envelope, batch);
    } catch (MalformedException _) {
      return false;
    }
  }

  private static IngestBatches.Answer accepted() {
    return new IngestBatches.Answer(new IngestVerdict.Accepted(RECEIPT), Optional.of(Sendings.KEY));
  }

  private PushVerdict unseal(PushResponse response) throws InvalidProtocolBufferException {
    byte[] nonce = Envelope.Signed.parse(push.envelope()).mac().toBytes();
    SessionSeal seal = new SessionSeal(Sendings.KEY.downlink(), nonce);
    SessionSeal.Sealed sealed = Handshakes.fromWire(response.getSealed());
    assertThat(seal.opens(sealed)).isTrue();
    return PushVerdict.parseFrom(sealed.payload());
  }

  private PushResponse push(RawSubmission raw) {
    return push(metadata(raw), raw.body());
  }

  private PushResponse push(Metadata metadata, byte[] body) {
    return ClientCalls.blockingUnaryCall(
        with(metadata), UnaryMethods.PUSH, CallOptions.DEFAULT, body);
  }

  private PushResponse heartbeat(HeartbeatProof proof, String agent) {
    Metadata metadata = new Metadata();
    metadata.put(UnaryMethods.HEARTBEAT, proof.toBytes());
    return AgentServiceGrpc.newBlockingStub(with(metadata))
        .sendHeartbeat(Heartbeat.newBuilder().setAgentId(agent).build());
  }

  private Channel with(Metadata metadata) {
    return ClientInterceptors.intercept(
        channel, MetadataUtils.newAttachHeadersInterceptor(metadata));
  }

  private static Metadata metadata(RawSubmission raw) {
    Metadata metadata = new Metadata();
    metadata.put(UnaryMethods.HEADER, raw.header());
    metadata.put(UnaryMethods.ENVELOPE, raw.envelope());
    return metadata;
  }
}
