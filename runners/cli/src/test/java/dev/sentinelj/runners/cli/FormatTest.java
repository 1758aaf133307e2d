package dev.sentinelj.runners.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatTest {
  @ParameterizedTest
  @CsvSource({
    "1023, By, 1023 B",
    "1024, By, 1.0 KiB",
    "1536, By, 1.5 KiB",
    "-2048, By, -2.0 KiB",
    "0.255, 1, 25.5 %",
    "1, 1, 100.0 %",
    "2, 1, 2",
    "3.14159, s, 3.142 s",
    "7, {process}, 7"
  })
  void value_isReadByPeople(double value, String unit, String words) {
    assertThat(Format.value(value, unit)).isEqualTo(words);
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-01T00:00:00Z, 0 s ago",
    "2025-12-31T23:58:01Z, 119 s ago",
    "2025-12-31T23:58:00Z, 2 min ago",
    "2025-12-31T22:00:00Z, 2 h ago",
    "2025-12-30T00:00:00Z, 2 d ago",
    "2026-01-01T00:00:05Z, now"
  })
  void age_growsCoarser(String time, String words) {
    assertThat(Format.age(time, Instant.parse("2026-01-01T00:00:00Z"))).isEqualTo(words);
  }

  @Test
  void age_withoutATime_isNever() {
    assertThat(Format.age("", Instant.EPOCH)).isEqualTo("never");
  }

  @Test
  void table_withoutRows_saysWhy() {
    assertThat(new Table("nothing here", "A", "B").render()).isEqualTo("nothing here");
  }

  @Test
  void table_withControlCharacters_keepsThemFromTheTerminal() {
    String table = new Table("", "A").row("red \u001b[31m").render();

    assertThat(table).isEqualTo("A\nred ?[31m");
  }
}
