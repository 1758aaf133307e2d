package dev.sentinelj.runners.agent;

import dev.sentinelj.adapters.files.WalConfig;
import dev.sentinelj.application.agent.CollectorSchedule;
import dev.sentinelj.runners.runtime.Settings;
import dev.sentinelj.runners.runtime.Settings.BadSettingException;
import java.time.Duration;
import java.util.Set;

/** The settings that an agent has wherever it runs. */
public final class AgentSettings {
  public static final Set<String> NAMES =
      Set.of("collect.interval", "log.max.mebibytes", "log.segment.kibibytes");

  /** How long a reading may take before it is interrupted. */
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private AgentSettings() {}

  /**
   * Limits of its log.
   *
   * @throws BadSettingException when it would not hold two segments
   */
  public static WalConfig log(Settings settings) {
    int segmentBytes = (int) settings.count("log.segment.kibibytes", 16_384, 16, 65_536) << 10;
    long bytes = settings.count("log.max.mebibytes", 1_024, 64, 1_048_576) << 20;
    if (bytes < 2L * segmentBytes) {
      throw new BadSettingException(
          "log.max.mebibytes holds less than two of log.segment.kibibytes: raise it");
    }
    return new WalConfig(segmentBytes, bytes, WalConfig.MIN_FREE_BYTES);
  }

  public static CollectorSchedule.Timing timing(Settings settings) {
    return new CollectorSchedule.Timing(
        settings.seconds("collect.interval", 10, 1, 3_600), DEADLINE);
  }
}
