package dev.sentinelj.runners.standalone;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** Looks whether a port can be had, before anything is made on disk. */
final class Ports {
  private Ports() {}

  static void requireFree(InetAddress bind, int port, String setting) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(bind, port));
    } catch (IOException e) {
      throw new StartException(
          "port "
              + port
              + " at "
              + bind.getHostAddress()
              + " is taken: stop what uses it, or choose another with --"
              + setting
              + " PORT (0: any free one)",
          e);
    }
  }
}
