package dev.sentinelj.adapters.timescale;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private static final long NOW_DAY = 20_000;

  @Test
  void apply_dropsWholeDaysThatAreOlderThanTheyAreKept() {
    try (Database database = PostgresForTests.migrated()) {
      DayPartitions days = new DayPartitions(database);
      days.ensure(DayPartitions.Table.SAMPLES, Set.of(NOW_DAY - 91, NOW_DAY - 90, NOW_DAY));
      days.ensure(DayPartitions.Table.JOURNAL, Set.of(NOW_DAY - 8, NOW_DAY - 7));

      int dropped = new Retention(database).apply(NOW_DAY * Times.DAY_MILLIS + 1);

      assertThat(dropped).isEqualTo(2);
      assertThat(
              PostgresForTests.sql(
                  database,
                  "SELECT count(*) FROM pg_inherits WHERE inhparent IN ('samples'::regclass, 'metrics_raw'::regclass)"))
          .isEqualTo("3");
      assertThat(new Retention(database).apply(NOW_DAY * Times.DAY_MILLIS + 1)).isZero();
    }
  }
}
