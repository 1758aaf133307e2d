package dev.sentinelj.runners.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sentinelj.adapters.files.WalConfig;
import dev.sentinelj.runners.runtime.Settings;
import dev.sentinelj.runners.runtime.Settings.BadSettingException;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AgentSettingsTest {
  @Test
  void log_notSet_isTheDefault() {
    assertThat(AgentSettings.log(settings(Map.of()))).isEqualTo(WalConfig.defaults());
  }

  @Test
  void log_withRoomForTwoSegments_isTaken() {
    WalConfig log = AgentSettings.log(log("128", "65536"));

    assertThat(log.maxBytes()).isEqualTo(2L * log.segmentBytes());
  }

  @Test
  void log_withoutRoomForTwoSegments_isABadSetting() {
    assertThatExceptionOfType(BadSettingException.class)
        .isThrownBy(() -> AgentSettings.log(log("64", "65536")))
        .withMessageContainingAll("log.max.mebibytes", "log.segment.kibibytes");
  }

  private static Settings log(String mebibytes, String segmentKibibytes) {
    return settings(
        Map.of("log.max.mebibytes", mebibytes, "log.segment.kibibytes", segmentKibibytes));
  }

  private static Settings settings(Map<String, String> values) {
    return new Settings(values, AgentSettings.NAMES, "a test");
  }
}
