package dev.sentinelj.adapters.sysinfo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceRulesTest {

  @ParameterizedTest
  @CsvSource({
    "/dev/sda,true",
    "/dev/vda,true",
    "/dev/nvme0n1,true",
    "/dev/loop0,false",
    "/dev/ram1,false",
    "/dev/zram0,false",
    "loop12,false",
    "/dev/sr0,false",
    "/dev/sram,true"
  })
  void disk_countsUnlessVirtual(String name, boolean counts) {
    assertThat(DeviceRules.countsAsDisk(name)).isEqualTo(counts);
  }

  @ParameterizedTest
  @CsvSource({
    "ext4,/data,true",
    "xfs,/,true",
    "tmpfs,/tmp,false",
    "overlay,/,true",
    "overlay,/var/lib/docker/x,false",
    "squashfs,/snap/core/1,false",
    "proc,/proc,false"
  })
  void filesystem_countsUnlessPseudoAndNotTheRoot(String type, String mount, boolean counts) {
    assertThat(DeviceRules.countsAsFilesystem(type, mount)).isEqualTo(counts);
  }

  @ParameterizedTest
  @CsvSource({"eth0,true", "lo,true", "wlp3s0,true", "veth12ab,false", "cali0,false"})
  void interface_countsUnlessAContainers(String name, boolean counts) {
    assertThat(DeviceRules.countsAsInterface(name)).isEqualTo(counts);
  }
}
