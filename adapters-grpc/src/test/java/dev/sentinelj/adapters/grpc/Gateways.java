package dev.sentinelj.adapters.grpc;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driving.AgentSessions;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.ports.driving.IngestBatches;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Gateways on a free port of this machine, over the ports a test scripts. */
final class Gateways {
  static final Now NOW = new Now(1_750_000_000_000L, 1);
  static final InetSocketAddress FREE_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  static final IngestBatches NO_INGEST =
      (_, _, _) -> CompletableFuture.failedFuture(new PortUnavailableException("not scripted"));

  private Gateways() {}

  static GrpcGateway started(AgentSessions sessions) {
    return started(NO_INGEST, sessions, new NoEnrolment());
  }

  static GrpcGateway started(IngestBatches ingest, AgentSessions sessions, EnrolAgents enrolment) {
    GrpcGateway gateway =
        new GrpcGateway(ingest, sessions, enrolment, () -> NOW, GatewaySettings.on(FREE_PORT));
    gateway.start();
    return gateway;
  }

  static InetSocketAddress address(GrpcGateway gateway) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port());
  }

  /** Takes nobody in. */
  static class NoEnrolment implements EnrolAgents {
    @Override
    public CompletionStage<JoinToken> createToken(TokenRequest request, Principal by, Now now) {
      return CompletableFuture.failedFuture(new PortUnavailableException("not scripted"));
    }

    @Override
    public CompletionStage<Enrolled> enrol(
        String token, String hardwareId, String version, Now now) {
      return CompletableFuture.failedFuture(new PortUnavailableException("not scripted"));
    }
  }
}
