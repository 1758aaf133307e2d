package dev.sentinelj.adapters.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.ports.driven.Uplink;
import dev.sentinelj.testkit.RecordedEvents;
import dev.sentinelj.testkit.ScriptedSessions;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthGrpc;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GrpcGatewayTest {
  private final ScriptedSessions sessions = new ScriptedSessions(Sendings.KEY);

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1"})
  void settings_ofAnAddressOthersReach_areRefusedWithWhatToUse(String host) {
    assertThatThrownBy(() -> GatewaySettings.on(new InetSocketAddress(host, 50_051)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(host.equals("::") ? "0:0:0:0:0:0:0:0" : host)
        .hasMessageContaining("TLS")
        .hasMessageContaining("127.0.0.1");
  }

  @Test
  void start_onAPortInUse_namesAddressAndPort() {
    try (GrpcGateway first = Gateways.started(sessions)) {
      InetSocketAddress taken = Gateways.address(first);
      GrpcGateway second =
          new GrpcGateway(
              Gateways.NO_INGEST,
              sessions,
              new Gateways.NoEnrolment(),
              () -> Gateways.NOW,
              GatewaySettings.on(taken));

      assertThatThrownBy(second::start)
          .isInstanceOf(CannotListenException.class)
          .hasMessageContaining(Loopback.text(taken));
      second.close();
    }
  }

  @Test
  void close_endsSessionsWithoutWaitingForThem() {
    RecordedEvents events = new RecordedEvents();
    try (GrpcGateway gateway = Gateways.started(sessions)) {
      new GrpcUplink(Gateways.address(gateway)).open(opening(), events);
      events.next(Downlink.Opened.class);
    }

    assertThat(events.next(Downlink.Closed.class).why()).isEqualTo(Downlink.CloseReason.LOST);
    sessions.awaitClosing();
  }

  @Test
  void unaryCall_whoseMessageDoesNotCome_isEnded() throws Exception {
    try (GrpcGateway gateway =
        new GrpcGateway(
            Gateways.NO_INGEST,
            sessions,
            new Gateways.NoEnrolment(),
            () -> Gateways.NOW,
            new GatewaySettings(
                Gateways.FREE_PORT, SessionLimits.DEFAULT, Duration.ofMillis(300), 1))) {
      gateway.start();
      ManagedChannel channel = GrpcUplink.channel(Gateways.address(gateway));
      CompletableFuture<Status> ended = new CompletableFuture<>();
      // Declared as a stream, so that the client sends its head without waiting for the message.
      var method =
          HealthGrpc.getCheckMethod().toBuilder().setType(MethodType.BIDI_STREAMING).build();
      var call = channel.newCall(method, CallOptions.DEFAULT);

      call.start(
          new ClientCall.Listener<>() {
            @Override
            public void onClose(Status status, Metadata trailers) {
              ended.complete(status);
            }
          },
          new Metadata());
      call.request(1);

      assertThat(ended.get(20, TimeUnit.SECONDS).getCode())
          .isEqualTo(Status.Code.DEADLINE_EXCEEDED);
      channel.shutdownNow();
    }
  }

  @Test
  void connection_aboveTheLimit_isToldSo() {
    try (GrpcGateway gateway =
        new GrpcGateway(
            Gateways.NO_INGEST,
            sessions,
            new Gateways.NoEnrolment(),
            () -> Gateways.NOW,
            new GatewaySettings(
                Gateways.FREE_PORT, SessionLimits.DEFAULT, Duration.ofSeconds(15), 1))) {
      gateway.start();
      RecordedEvents events = new RecordedEvents();
      Uplink.Session first = new GrpcUplink(Gateways.address(gateway)).open(opening(), events);
      events.next(Downlink.Opened.class);
      ManagedChannel second = GrpcUplink.channel(Gateways.address(gateway));

      assertThatThrownBy(() ->
              HealthGrpc.newBlockingStub(second).check(HealthCheckRequest.getDefaultInstance()))
          .hasMessageStartingWith("RESOURCE_EXHAUSTED: this gateway takes 1 connections");
      second.shutdownNow();
      first.close();
    }
  }

  private static Uplink.Opening opening() {
    return new Uplink.Opening(Sendings.EPOCH, Sendings.KEY, "1", 1, Sendings.SENT_AT);
  }
}
