package dev.sentinelj.adapters.sysinfo;

import java.util.Set;
import java.util.regex.Pattern;

/** Which devices say nothing about the host and are left out. */
final class DeviceRules {

  /** Images mounted as files, memory posing as a disk, drives for media that come and go. */
  private static final Pattern VIRTUAL_DISK =
      Pattern.compile("(?:/dev/)?(?:loop|ram|zram|fd|sr)\\d+");

  /** One end of a container's cable: they come and go with containers. */
  private static final Pattern CONTAINER_INTERFACE = Pattern.compile("veth.*|cali.*|lxc.*");

  /** File systems without a disk of their own, and images that are always full. */
  private static final Set<String> PSEUDO_FILESYSTEMS =
      Set.of(
          "aufs",
          "autofs",
          "binfmt_misc",
          "bpf",
          "cgroup",
          "cgroup2",
          "configfs",
          "debugfs",
          "devfs",
          "devpts",
          "devtmpfs",
          "efivarfs",
          "erofs",
          "fusectl",
          "hugetlbfs",
          "iso9660",
          "mqueue",
          "nsfs",
          "overlay",
          "proc",
          "pstore",
          "ramfs",
          "rpc_pipefs",
          "securityfs",
          "squashfs",
          "sysfs",
          "tmpfs",
          "tracefs");

  private DeviceRules() {}

  static boolean countsAsDisk(String name) {
    return !VIRTUAL_DISK.matcher(name).matches();
  }

  /** The root counts whatever it is: in a container it is an overlay. */
  static boolean countsAsFilesystem(String type, String mountpoint) {
    return mountpoint.equals("/") || !PSEUDO_FILESYSTEMS.contains(type);
  }

  static boolean countsAsInterface(String name) {
    return !CONTAINER_INTERFACE.matcher(name).matches();
  }
}
