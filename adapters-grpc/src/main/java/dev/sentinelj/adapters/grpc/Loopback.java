package dev.sentinelj.adapters.grpc;

import java.net.InetSocketAddress;

/** Until there is TLS, nothing here speaks with another machine. */
final class Loopback {
  private Loopback() {}

  /**
   * @throws IllegalArgumentException unless the address is one of this machine alone
   */
  static InetSocketAddress require(String what, InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(
          what + " " + address.getHostString() + " has no known address; use 127.0.0.1");
    }
    if (!address.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          what
              + " "
              + address.getHostString()
              + " is not loopback: TLS comes with a later version, and until then agents and"
              + " gateways speak on one machine only; use 127.0.0.1 or [::1]");
    }
    return address;
  }

  /** As it is written in a message: host and port. */
  static String text(InetSocketAddress address) {
    String host = address.getHostString();
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
