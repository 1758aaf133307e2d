package dev.sentinelj.adapters.grpc;

import dev.sentinelj.ports.driven.Uplink;
import dev.sentinelj.ports.driving.AgentSessions;
import dev.sentinelj.testkit.UplinkContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class GrpcUplinkTest extends UplinkContract {
  private final List<GrpcGateway> gateways = new ArrayList<>();

  @AfterEach
  void stop() {
    gateways.forEach(GrpcGateway::close);
  }

  @Override
  protected Uplink uplinkTo(AgentSessions sessions) {
    GrpcGateway gateway = Gateways.started(sessions);
    gateways.add(gateway);
    return new GrpcUplink(Gateways.address(gateway));
  }

  @Override
  protected Uplink uplinkToNowhere() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return new GrpcUplink(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
