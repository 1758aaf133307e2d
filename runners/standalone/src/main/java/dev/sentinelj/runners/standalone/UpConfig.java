package dev.sentinelj.runners.standalone;

import dev.sentinelj.runners.runtime.Settings;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/**
 * How {@code sentinel up} is set up.
 *
 * @param interval between two readings of a source
 * @param strands worker strands
 * @param logBytes most bytes of the agent's log, and {@code logSegmentBytes} of one of its files
 * @param busBytes most bytes of the bus, and {@code busSegmentBytes} of one of its files
 */
record UpConfig(
    InetAddress bind,
    int httpPort,
    int grpcPort,
    Duration interval,
    int strands,
    long logBytes,
    int logSegmentBytes,
    long busBytes,
    int busSegmentBytes) {
  static final int HTTP_PORT = 8080;
  static final int GRPC_PORT = 50051;

  private static final Set<String> KNOWN =
      Set.of(
          "bind.address",
          "http.port",
          "grpc.port",
          "collect.interval",
          "worker.strands",
          "log.max.mebibytes",
          "log.segment.kibibytes",
          "bus.max.kibibytes",
          "bus.segment.kibibytes");

  /**
   * @param origin where the settings come from, for messages
   * @throws Settings.BadSettingException when one is unknown or out of range
   */
  static UpConfig parse(Map<String, String> values, String origin) {
    Settings settings = new Settings(values, KNOWN, origin);
    int http = settings.port("http.port", HTTP_PORT);
    int grpc = settings.port("grpc.port", GRPC_PORT);
    if (http == grpc && http != 0) {
      throw new Settings.BadSettingException(
          "http.port and grpc.port are both " + http + ": choose two ports");
    }
    int busSegmentBytes = (int) settings.count("bus.segment.kibibytes", 16_384, 16, 65_536) << 10;
    long busBytes = settings.count("bus.max.kibibytes", 1L << 20, 64, 1L << 30) << 10;
    if (busBytes < 4L * busSegmentBytes) {
      throw new Settings.BadSettingException(
          "bus.max.kibibytes holds less than four of bus.segment.kibibytes: raise it");
    }
    int processors = Runtime.getRuntime().availableProcessors();
    return new UpConfig(
        settings.loopback("bind.address", "127.0.0.1"),
        http,
        grpc,
        settings.seconds("collect.interval", 10, 1, 3_600),
        (int)
            settings.count(
                "worker.strands", Math.min(processors, UpConfig.PARTITIONS), 1, PARTITIONS),
        settings.count("log.max.mebibytes", 1_024, 64, 1_048_576) << 20,
        (int) settings.count("log.segment.kibibytes", 16_384, 16, 65_536) << 10,
        busBytes,
        busSegmentBytes);
  }

  /** Partitions of a new installation on one machine. */
  static final int PARTITIONS = 4;
}
