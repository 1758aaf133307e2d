package dev.sentinelj.adapters.sysinfo;

import static oshi.hardware.CentralProcessor.TickType;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import oshi.hardware.CentralProcessor;

/**
 * Time of all processors together by mode, the share of it since the reading before, and the same
 * share for each logical processor. The first reading has no share, because there is nothing
 * before.
 */
final class CpuSource extends HostSource {

  /** More processors than this are not told one by one. */
  static final int MAX_CORES = 256;

  private static final double MILLIS_PER_SECOND = 1_000;

  private final CentralProcessor processor;
  private long[][] before = new long[0][];

  CpuSource(CentralProcessor processor) {
    super("cpu");
    this.processor = processor;
  }

  private static final List<Mode> MODES =
      List.of(
          new Mode("user", List.of(TickType.USER)),
          new Mode("nice", List.of(TickType.NICE)),
          new Mode("system", List.of(TickType.SYSTEM)),
          new Mode("idle", List.of(TickType.IDLE)),
          new Mode("iowait", List.of(TickType.IOWAIT)),
          new Mode("interrupt", List.of(TickType.IRQ, TickType.SOFTIRQ)),
          new Mode("steal", List.of(TickType.STEAL)));

  private record Mode(String word, List<TickType> types) {
    long of(long[] ticks) {
      long sum = 0;
      for (TickType type : types) {
        sum += ticks[type.getIndex()];
      }
      return sum;
    }
  }

  @Override
  void fill(Row row) {
    long[][] cores = processor.getProcessorCpuLoadTicks();
    long[] all = sum(cores);
    long[] allBefore = sum(before);
    boolean comparable = before.length == cores.length;
    for (Mode mode : MODES) {
      Map<String, String> labels = Map.of("cpu.mode", mode.word);
      row.counter("system.cpu.time", "s", labels, mode.of(all) / MILLIS_PER_SECOND);
      row.gauge(
          "system.cpu.utilization",
          "1",
          labels,
          comparable ? share(mode, allBefore, all) : Row.MISSING);
    }
    for (int core = 0; core < Math.min(cores.length, MAX_CORES); core++) {
      fillCore(row, core, comparable ? before[core] : null, cores[core]);
    }
    before = cores;
  }

  private static void fillCore(Row row, int core, long @Nullable [] from, long[] to) {
    for (Mode mode : MODES) {
      row.gauge(
          "system.cpu.utilization",
          "1",
          Map.of("cpu.mode", mode.word, "cpu.logical_number", Integer.toString(core)),
          from == null ? Row.MISSING : share(mode, from, to));
    }
  }

  /** Missing when no time passed or a counter ran backwards, as iowait may. */
  private static double share(Mode mode, long[] from, long[] to) {
    long passed = 0;
    for (TickType type : TickType.values()) {
      passed += Math.max(0, to[type.getIndex()] - from[type.getIndex()]);
    }
    long spent = mode.of(to) - mode.of(from);
    return passed <= 0 || spent < 0 ? Row.MISSING : Math.min(1, (double) spent / passed);
  }

  private static long[] sum(long[][] cores) {
    long[] sum = new long[TickType.values().length];
    for (long[] core : cores) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += core[i];
      }
    }
    return sum;
  }
}
