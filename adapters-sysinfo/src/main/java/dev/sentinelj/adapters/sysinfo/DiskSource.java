package dev.sentinelj.adapters.sysinfo;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import oshi.hardware.HWDiskStore;

/** What each disk has read and written since it was there. */
final class DiskSource extends HostSource {
  private static final double MILLIS_PER_SECOND = 1_000;

  private final Supplier<List<HWDiskStore>> disks;

  DiskSource(Supplier<List<HWDiskStore>> disks) {
    super("disk");
    this.disks = disks;
  }

  @Override
  void fill(Row row) {
    for (HWDiskStore disk : disks.get()) {
      if (DeviceRules.countsAsDisk(disk.getName())) {
        String device = disk.getName();
        both(row, "system.disk.io", "By", device, disk.getReadBytes(), disk.getWriteBytes());
        both(
            row,
            "system.disk.operations",
            "{operation}",
            device,
            disk.getReads(),
            disk.getWrites());
        row.counter(
            "system.disk.io_time",
            "s",
            Map.of("system.device", device),
            disk.getTransferTime() / MILLIS_PER_SECOND);
      }
    }
  }

  private static void both(
      Row row, String name, String unit, String device, long read, long write) {
    row.counter(name, unit, Map.of("system.device", device, "disk.io.direction", "read"), read);
    row.counter(name, unit, Map.of("system.device", device, "disk.io.direction", "write"), write);
  }
}
