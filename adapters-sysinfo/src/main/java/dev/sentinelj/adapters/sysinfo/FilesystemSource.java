package dev.sentinelj.adapters.sysinfo;

import java.util.Map;
import java.util.TreeMap;
import oshi.software.os.FileSystem;
import oshi.software.os.OSFileStore;

/**
 * Space of each local file system by state; the states add up to its size. Utilization is what
 * {@code df} prints: used of what a user without privileges may use. File systems of other machines
 * are left out, because a dead server would hold the reading for ever.
 */
final class FilesystemSource extends HostSource {
  private final FileSystem filesystems;

  FilesystemSource(FileSystem filesystems) {
    super("filesystem");
    this.filesystems = filesystems;
  }

  @Override
  void fill(Row row) {
    for (OSFileStore store : filesystems.getFileStores(true)) {
      if (DeviceRules.countsAsFilesystem(store.getType(), store.getMount())) {
        fillStore(row, store);
      }
    }
  }

  private static void fillStore(Row row, OSFileStore store) {
    boolean readable = store.getTotalSpace() > 0;
    double total = readable ? (double) store.getTotalSpace() : Row.MISSING;
    double free = (double) store.getUsableSpace();
    double used = total - store.getFreeSpace();
    row.gauge("system.filesystem.limit", "By", labels(store), total);
    row.gauge("system.filesystem.usage", "By", labels(store, "used"), used);
    row.gauge("system.filesystem.usage", "By", labels(store, "free"), readable ? free : total);
    row.gauge("system.filesystem.usage", "By", labels(store, "reserved"), total - used - free);
    row.gauge("system.filesystem.utilization", "1", labels(store, "used"), used / (used + free));
  }

  private static Map<String, String> labels(OSFileStore store, String state) {
    Map<String, String> labels = labels(store);
    labels.put("system.filesystem.state", state);
    return labels;
  }

  private static Map<String, String> labels(OSFileStore store) {
    Map<String, String> labels = new TreeMap<>();
    labels.put("system.device", store.getVolume());
    labels.put("system.filesystem.mountpoint", store.getMount());
    labels.put("system.filesystem.type", store.getType());
    return labels;
  }
}
