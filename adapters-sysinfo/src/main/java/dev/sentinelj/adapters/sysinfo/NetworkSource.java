package dev.sentinelj.adapters.sysinfo;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import oshi.hardware.NetworkIF;

/**
 * What each network interface has received and transmitted since it was there. All are labelled by
 * interface, packet counts too (the conventions label those by device), so that they can be
 * compared. OSHI tells dropped packets of the receiving side only.
 */
final class NetworkSource extends HostSource {
  private final Supplier<List<NetworkIF>> interfaces;

  NetworkSource(Supplier<List<NetworkIF>> interfaces) {
    super("network");
    this.interfaces = interfaces;
  }

  @Override
  void fill(Row row) {
    for (NetworkIF one : interfaces.get()) {
      if (DeviceRules.countsAsInterface(one.getName())) {
        Map<String, String> in = labels(one, "receive");
        Map<String, String> out = labels(one, "transmit");
        row.counter("system.network.io", "By", in, one.getBytesRecv());
        row.counter("system.network.io", "By", out, one.getBytesSent());
        row.counter("system.network.packet.count", "{packet}", in, one.getPacketsRecv());
        row.counter("system.network.packet.count", "{packet}", out, one.getPacketsSent());
        row.counter("system.network.errors", "{error}", in, one.getInErrors());
        row.counter("system.network.errors", "{error}", out, one.getOutErrors());
        row.counter("system.network.packet.dropped", "{packet}", in, one.getInDrops());
      }
    }
  }

  private static Map<String, String> labels(NetworkIF one, String direction) {
    return Map.of("network.interface.name", one.getName(), "network.io.direction", direction);
  }
}
