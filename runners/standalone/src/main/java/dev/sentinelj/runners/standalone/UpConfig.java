package dev.sentinelj.runners.standalone;

import dev.sentinelj.adapters.files.ConfigFile;
import dev.sentinelj.adapters.files.UnusablePathException;
import dev.sentinelj.adapters.files.WalConfig;
import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.runners.agent.AgentSettings;
import dev.sentinelj.runners.cli.UpOptions;
import dev.sentinelj.runners.runtime.Settings;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * How {@code sentinel up} is set up.
 *
 * @param timing of the agent's sources, and {@code log} the limits of its log
 * @param strands worker strands
 * @param busBytes most bytes of the bus, and {@code busSegmentBytes} of one of its files
 */
record UpConfig(
    InetAddress bind,
    int httpPort,
    int grpcPort,
    CollectorSchedule.Timing timing,
    int strands,
    WalConfig log,
    long busBytes,
    int busSegmentBytes) {
  static final int HTTP_PORT = 8080;
  static final int GRPC_PORT = 50051;

  private static final Set<String> KNOWN =
      Settings.union(
          AgentSettings.NAMES,
          Set.of(
              "bind.address",
              "http.port",
              "grpc.port",
              "worker.strands",
              "bus.max.kibibytes",
              "bus.segment.kibibytes"));

  /**
   * The file of {@code home}, if there is one; {@code options} win.
   *
   * @throws Settings.BadSettingException when one is unknown or out of range
   */
  static UpConfig read(Home home, UpOptions options) {
    boolean file = Files.exists(home.config());
    Map<String, String> values = new LinkedHashMap<>();
    if (file) {
      values.putAll(inFile(home.config()));
    }
    values.putAll(options.settings());
    return parse(values, file ? home.config().toString() : "the options");
  }

  private static Map<String, String> inFile(Path file) {
    try {
      return ConfigFile.read(file);
    } catch (UnusablePathException e) {
      throw new Settings.BadSettingException(e.getMessage() + "; mend the file or remove it");
    }
  }

  /**
   * @param origin where the settings come from, for messages
   */
  private static UpConfig parse(Map<String, String> values, String origin) {
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
        AgentSettings.timing(settings),
        (int)
            settings.count(
                "worker.strands", Math.min(processors, UpConfig.PARTITIONS), 1, PARTITIONS),
        AgentSettings.log(settings),
        busBytes,
        busSegmentBytes);
  }

  /** Partitions of a new installation on one machine. */
  static final int PARTITIONS = 4;
}
