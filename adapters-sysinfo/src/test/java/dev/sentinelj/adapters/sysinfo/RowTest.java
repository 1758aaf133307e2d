package dev.sentinelj.adapters.sysinfo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.MetricSource.Reading;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RowTest {

  @Test
  void valueThatIsNoNumber_isMissing() {
    Reading reading =
        new Row()
            .gauge("a", "1", Map.of(), Row.MISSING)
            .gauge("b", "1", Map.of(), 1.0 / 0)
            .counter("c", "1", Map.of(), -1)
            .gauge("d", "1", Map.of(), -1)
            .reading(null, 5);

    assertThat(reading.columns().samples()).isEqualTo(1);
    assertThat(reading.columns().present(3, 0)).isTrue();
  }

  @Test
  void newDevice_makesANewSet() {
    SeriesSet before = new Row().gauge("a", "1", Map.of(), 1).reading(null, 5).set();

    assertThat(new Row().gauge("a", "1", Map.of(), 2).reading(before, 6).set()).isSameAs(before);
    assertThat(new Row().gauge("b", "1", Map.of(), 2).reading(before, 6).set())
        .isNotEqualTo(before);
  }

  @Test
  void seriesNamedTwice_keepsTheLastValue() {
    Reading reading =
        new Row().gauge("a", "1", Map.of(), 1).gauge("a", "1", Map.of(), 2).reading(null, 5);

    assertThat(reading.set().size()).isEqualTo(1);
    assertThat(reading.columns().value(0, 0)).isEqualTo(2);
  }
}
