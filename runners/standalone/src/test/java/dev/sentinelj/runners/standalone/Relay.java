package dev.sentinelj.runners.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * A port that takes connections also while the server behind it is away, and holds them until it is
 * back. Agents that find their server closed try again after random and growing pauses; here they
 * go on as soon as it answers.
 */
final class Relay implements AutoCloseable {
  private static final long PAUSE_NANOS = 50_000_000;

  private final ServerSocket listener;
  private final int server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  private Relay(ServerSocket listener, int server) {
    this.listener = listener;
    this.server = server;
  }

  /** Starts before a port of this machine. */
  static Relay before(int server) throws IOException {
    Relay relay = new Relay(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), server);
    Thread.startVirtualThread(relay::take);
    return relay;
  }

  int port() {
    return listener.getLocalPort();
  }

  private void take() {
    while (!listener.isClosed()) {
      try {
        Socket agent = listener.accept();
        open.add(agent);
        Thread.startVirtualThread(() -> connect(agent));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void connect(Socket agent) {
    while (!listener.isClosed()) {
      try {
        Socket there = new Socket(InetAddress.getLoopbackAddress(), server);
        open.add(there);
        Thread.startVirtualThread(() -> carry(there, agent));
        carry(agent, there);
        return;
      } catch (IOException e) {
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }
  }

  /** Until one of them ends; then both do. */
  private void carry(Socket from, Socket to) {
    try (from;
        to) {
      from.getInputStream().transferTo(to.getOutputStream());
    } catch (IOException e) {
      // so it ended
    } finally {
      open.remove(from);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
