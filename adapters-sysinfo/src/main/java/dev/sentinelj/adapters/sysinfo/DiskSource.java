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
        double reads = (double) disk.getReads();
        double writes = (double) disk.getWrites();
        double readBytes = (double) disk.getReadBytes();
        double writtenBytes = (double) disk.getWriteBytes();
        both(row, "system.disk.io", "By", device, readBytes, writtenBytes);
        both(row, "system.disk.operations", "{operation}", device, reads, writes);
        row.counter(
            "system.disk.io_time",
            "s",
            Map.of("system.device", device),
            disk.getTransferTime() / MILLIS_PER_SECOND);
      }
    }
  }

  private static void both(
      Row row, String name, String unit, String device, double read, double write) {
    row.counter(name, unit, Map.of("system.device", device, "disk.io.direction", "read"), read);
    row.counter(name, unit, Map.of("system.device", device, "disk.io.direction", "write"), write);
  }
}
