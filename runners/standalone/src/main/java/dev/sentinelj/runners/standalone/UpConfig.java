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
   * The file of {@code home}, if there is one; {@code options} win, which does not make the file
   * right.
   *
   * @throws Settings.BadSettingException when one is unknown or out of range
   */
  static UpConfig read(Home home, UpOptions options) {
    String file = home.config().toString();
    Map<String, String> values = new LinkedHashMap<>();
    if (Files.exists(home.config())) {
      values.putAll(inFile(home.config()));
      parse(new Settings(values, KNOWN, file));
    }
    values.putAll(options.settings());
    Map<String, String> given = new LinkedHashMap<>(UpOptions.NAMES);
    given.keySet().retainAll(options.settings().keySet());
    UpConfig config = parse(new Settings(values, KNOWN, file, given));
    if (config.httpPort() == config.grpcPort() && config.httpPort() != 0) {
      throw new Settings.BadSettingException(
          "http.port and grpc.port are both " + config.httpPort() + ": choose two ports");
    }
    return config;
  }

  private static Map<String, String> inFile(Path file) {
    try {
      return ConfigFile.read(file);
    } catch (UnusablePathException e) {
      throw new Settings.BadSettingException(e.getMessage() + "; mend the file or remove it");
    }
  }

  private static UpConfig parse(Settings settings) {
    int busSegmentBytes = (int) settings.count("bus.segment.kibibytes", 16_384, 16, 65_536) << 10;
    long busBytes = settings.count("bus.max.kibibytes", 1L << 20, 64, 1L << 30) << 10;
    if (busBytes < 4L * busSegmentBytes) {
      throw new Settings.BadSettingException(
          "bus.max.kibibytes holds less than four of bus.segment.kibibytes: raise it");
    }
    int processors = Runtime.getRuntime().availableProcessors();
    return new UpConfig(
        settings.loopback("bind.address", "127.0.0.1"),
        settings.port("http.port", HTTP_PORT),
        settings.port("grpc.port", GRPC_PORT),
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
