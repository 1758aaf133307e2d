package dev.sentinelj.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/**
 * Processor time of this whole process, summed over the parts that are measured: collector and
 * compiler of the JVM count, what is prepared between does not.
 */
final class CpuMeter {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private long nanos;

  void measure(Runnable work) {
    long before = PROCESS.getProcessCpuTime();
    work.run();
    nanos += PROCESS.getProcessCpuTime() - before;
  }

  double seconds() {
    return nanos / 1e9;
  }
}
