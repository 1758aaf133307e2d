package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.ports.driven.MetricSource;
import dev.sentinelj.ports.driven.MetricSource.Reading;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link MetricSource} must do. What it reads need not be quiet, only there. */
public abstract class MetricSourceContract {

  /** Stands for any time: a source takes its stamps from the caller, never from a clock. */
  private static final long TIME = 1_234_567_890_123L;

  private static final long INTERRUPT_MILLIS = 1_000;

  /** A new source. */
  protected abstract MetricSource source();

  @Test
  void name_hasTheFormOfAnAgentIdAndStays() {
    MetricSource source = source();
    String name = source.name();
    source.read(TIME);

    assertThat(new AgentId(name).value()).isEqualTo(source.name());
  }

  @Test
  void read_isStampedWithTheTimeGiven() {
    MetricSource source = source();

    assertThat(times(source.read(TIME).columns())).containsOnly(TIME);
    assertThat(times(source.read(TIME - 10_000).columns())).containsOnly(TIME - 10_000);
  }

  @Test
  void read_hasAColumnForEachSeries() {
    Reading reading = source().read(TIME);

    assertThat(reading.columns().series()).isEqualTo(reading.set().size());
  }

  @Test
  void read_findsSomething() {
    assertThat(source().read(TIME).columns().samples()).isPositive();
  }

  @Test
  void read_valueThatCannotBeKnown_isMissingAndNotMadeUp() {
    MetricSource source = source();

    assertThat(values(source.read(TIME))).allMatch(Double::isFinite);
    assertThat(values(source.read(TIME))).allMatch(Double::isFinite);
  }

  @Test
  void read_whileNothingChanged_givesTheSameSet() {
    MetricSource source = source();

    assertThat(source.read(TIME).set()).isSameAs(source.read(TIME + 1).set());
  }

  @Test
  void read_twoSourcesOfOneKind_giveEqualSets() {
    assertThat(source().read(TIME).set()).isEqualTo(source().read(TIME).set());
  }

  @Test
  void interrupt_isAnsweredWithinASecond() throws InterruptedException {
    MetricSource source = source();
    List<Reading> readings = new ArrayList<>();
    Thread reader =
        new Thread(() -> {
          Thread.currentThread().interrupt();
          readings.add(source.read(TIME));
        });
    reader.setUncaughtExceptionHandler((_, _) -> {}); // failing is an answer, too
    reader.start();
    reader.join(INTERRUPT_MILLIS);

    assertThat(reader.isAlive()).isFalse();
    assertThat(readings).allMatch(reading -> reading.columns().samples() > 0);
  }

  @Test
  void read_afterAnInterruptedOne_succeeds() throws InterruptedException {
    MetricSource source = source();
    Thread reader =
        new Thread(() -> {
          Thread.currentThread().interrupt();
          source.read(TIME);
        });
    reader.setUncaughtExceptionHandler((_, _) -> {});
    reader.start();
    reader.join();

    assertThat(source.read(TIME).columns().samples()).isPositive();
  }

  private static List<Long> times(Columns columns) {
    List<Long> times = new ArrayList<>();
    for (int row = 0; row < columns.rows(); row++) {
      times.add(columns.timeMillis(row));
    }
    return times;
  }

  private static List<Double> values(Reading reading) {
    Columns columns = reading.columns();
    List<Double> values = new ArrayList<>();
    for (int row = 0; row < columns.rows(); row++) {
      for (int column = 0; column < columns.series(); column++) {
        if (columns.present(column, row)) {
          values.add(columns.value(column, row));
        }
      }
    }
    return values;
  }
}
