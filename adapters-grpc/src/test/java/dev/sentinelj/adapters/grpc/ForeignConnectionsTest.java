package dev.sentinelj.adapters.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.testkit.ScriptedSessions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;

class ForeignConnectionsTest {
  private final BlockingQueue<LogRecord> lines = new LinkedBlockingQueue<>();

  @Test
  void httpRequest_toTheAgentsPort_isOneLineInTheLog() throws Exception {
    Handler listener = listener();
    ForeignConnections.LOG.addHandler(listener);
    try (GrpcGateway gateway = Gateways.started(new ScriptedSessions(Sendings.KEY))) {
      request(gateway.port());

      LogRecord line = Objects.requireNonNull(lines.poll(20, TimeUnit.SECONDS));
      assertThat(line.getMessage())
          .startsWith("a connection to the agents' port was dropped: Unexpected HTTP/1.x request")
          .doesNotContain("\n");
      assertThat(line.getThrown()).isNull();
    } finally {
      ForeignConnections.LOG.removeHandler(listener);
    }
  }

  private static void request(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      socket.getInputStream().readAllBytes();
    }
  }

  private Handler listener() {
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
}
