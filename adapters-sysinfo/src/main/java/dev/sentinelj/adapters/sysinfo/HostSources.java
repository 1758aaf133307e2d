package dev.sentinelj.adapters.sysinfo;

import dev.sentinelj.ports.driven.MetricSource;
import java.util.List;
import oshi.SystemInfo;
import oshi.hardware.HardwareAbstractionLayer;

/**
 * What can be read of this host, under the names, labels and units of the OpenTelemetry system
 * semantic conventions (1.40; load averages as the collector's host metrics receiver names them).
 * Utilization runs from 0 to 1.
 */
public final class HostSources {
  private HostSources() {}

  /** A new source per subject: cpu, memory, disk, filesystem, network, system. */
  public static List<MetricSource> all() {
    SystemInfo system = new SystemInfo();
    HardwareAbstractionLayer hardware = system.getHardware();
    return List.of(
        new CpuSource(hardware.getProcessor()),
        new MemorySource(hardware.getMemory()),
        new DiskSource(hardware::getDiskStores),
        new FilesystemSource(system.getOperatingSystem().getFileSystem()),
        new NetworkSource(() -> hardware.getNetworkIFs(true)),
        new SystemSource(hardware.getProcessor(), system.getOperatingSystem()));
  }
}
