package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.MetricQueries.EpochBalance;
import dev.sentinelj.ports.driven.MetricQueries.Latest;
import dev.sentinelj.ports.driven.MetricQueries.Point;
import dev.sentinelj.ports.driven.MetricQueries.RangeQuery;
import dev.sentinelj.ports.driven.MetricQueries.RangeSeries;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What every {@link MetricQueries} must do. */
public abstract class MetricQueriesContract extends StoreContract {
  /** A whole minute. */
  private static final long T = 1_735_689_600_000L;

  private final AgentId agent = TestBatches.freshAgent();
  private Optional<Lease> lease = Optional.empty();

  @Test
  void latest_isTheNewestSampleOfEachSeries() {
    store(series("b"), at(T + 20, 2), at(T + 30, 3), at(T + 10, 1));
    store(series("a"), at(T, 7));

    assertThat(queries().latest(agent, "", 0, 10))
        .containsExactly(new Latest(series("a"), T, 7), new Latest(series("b"), T + 30, 3));
  }

  @Test
  void latest_beforeSince_isLeftOut() {
    store(series("old"), at(T - 1, 1));
    store(series("edge"), at(T, 2));

    assertThat(queries().latest(agent, "", T, 10))
        .containsExactly(new Latest(series("edge"), T, 2));
  }

  @Test
  void latest_takesThePrefixLiterally() {
    store(series("system.cpu"), at(T, 1));
    store(series("system.cpu.time"), at(T, 2));
    store(series("systemXcpu"), at(T, 3));
    store(series("a%b"), at(T, 4));
    store(series("a_b"), at(T, 5));

    assertThat(queries().latest(agent, "system.cpu", 0, 10))
        .extracting(Latest::value)
        .containsExactly(1.0, 2.0);
    assertThat(queries().latest(agent, "a%", 0, 10)).extracting(Latest::value).containsExactly(4.0);
    assertThat(queries().latest(agent, "a_", 0, 10)).extracting(Latest::value).containsExactly(5.0);
    assertThat(queries().latest(agent, "SYSTEM", 0, 10)).isEmpty();
  }

  @Test
  void latest_isInOrderOfNameThenLabels_andCutAtTheLimit() {
    Series upper = series("Z");
    Series plain = series("m");
    Series zero = TestBatches.gauge("m", Map.of("core", "0"));
    Series zeroMore = TestBatches.gauge("m", Map.of("core", "0", "mode", "idle"));
    Series ten = TestBatches.gauge("m", Map.of("core", "10"));
    Series two = TestBatches.gauge("m", Map.of("core", "2"));
    Series device = TestBatches.gauge("m", Map.of("device", "a"));
    Series longer = series("m.x");
    List<Series> ordered = List.of(upper, plain, zero, zeroMore, ten, two, device, longer);
    ordered.reversed().forEach(one -> store(one, at(T, 1)));

    assertThat(queries().latest(agent, "", 0, 10)).extracting(Latest::series).isEqualTo(ordered);
    assertThat(queries().latest(agent, "", 0, 3))
        .extracting(Latest::series)
        .containsExactly(upper, plain, zero);
  }

  @Test
  void latest_givesBackTheWholeSeries() {
    Series odd = Series.counter("größe", "By", Map.of("päth", "C:\\\"x\"", "empty", ""));
    store(odd, at(T, 1));

    assertThat(queries().latest(agent, "gr", 0, 10)).containsExactly(new Latest(odd, T, 1));
  }

  @Test
  void latest_ofAnotherAgent_isNotSeen() {
    store(series("a"), at(T, 1));

    assertThat(queries().latest(TestBatches.freshAgent(), "", 0, 10)).isEmpty();
  }

  @Test
  void range_includesFromAndExcludesTo_ascending() {
    store(series("a"), at(T + 30, 3), at(T + 10, 1), at(T + 20, 2), at(T, 0));

    assertThat(queries().range(query("a", Map.of(), T + 10, T + 30, 0, 10, 10)))
        .containsExactly(
            new RangeSeries(
                series("a"), List.of(new Point(T + 10, 1), new Point(T + 20, 2)), false));
  }

  @Test
  void range_matchesTheExactNameAndAllLabels() {
    Series right = TestBatches.gauge("a", Map.of("core", "0", "mode", "idle"));
    Series otherMode = TestBatches.gauge("a", Map.of("core", "0", "mode", "user"));
    Series noMode = TestBatches.gauge("a", Map.of("core", "0"));
    List.of(right, otherMode, noMode, series("ab"), series("A")).forEach(s -> store(s, at(T, 1)));

    assertThat(
            queries().range(query("a", Map.of("core", "0", "mode", "idle"), T, T + 1, 0, 10, 10)))
        .extracting(RangeSeries::series)
        .containsExactly(right);
    assertThat(queries().range(query("a", Map.of("core", "0"), T, T + 1, 0, 10, 10)))
        .extracting(RangeSeries::series)
        .containsExactly(noMode, right, otherMode);
    assertThat(queries().range(query("a", Map.of("core", "1"), T, T + 1, 0, 10, 10))).isEmpty();
  }

  @Test
  void range_withoutSamples_leavesTheSeriesOut() {
    store(series("a"), at(T - 1, 1), at(T + 10, 1));

    assertThat(queries().range(query("a", Map.of(), T, T + 10, 0, 10, 10))).isEmpty();
    assertThat(queries().range(query("a", Map.of(), T, T, 0, 10, 10))).isEmpty();
    assertThat(queries().range(query("a", Map.of(), T + 50, T, 0, 10, 10))).isEmpty();
  }

  @Test
  void range_withAStep_isTheMeanOfEachStepByTheEpoch() {
    store(
        series("a"),
        at(T - 1, 99),
        at(T, 1),
        at(T + 9_999, 3),
        at(T + 10_000, 7),
        at(T + 30_000, 4));

    assertThat(queries().range(query("a", Map.of(), T, T + 40_000, 10_000, 10, 10)))
        .containsExactly(
            new RangeSeries(
                series("a"),
                List.of(new Point(T, 2), new Point(T + 10_000, 7), new Point(T + 30_000, 4)),
                false));
  }

  @Test
  void range_withAStepThatFromAndToCut_meansWhatLiesWithin() {
    store(series("a"), at(T + 1_000, 50), at(T + 5_000, 2), at(T + 6_000, 4), at(T + 12_000, 60));

    assertThat(points(query("a", Map.of(), T + 5_000, T + 12_000, 10_000, 10, 10)))
        .containsExactly(new Point(T, 3));
  }

  @Test
  void range_withMorePointsThanAllowed_keepsTheOldestAndSaysSo() {
    store(TestBatches.gauge("a", Map.of("n", "1")), at(T, 1), at(T + 1, 2));
    store(TestBatches.gauge("a", Map.of("n", "2")), at(T, 3), at(T + 1, 4));
    store(TestBatches.gauge("a", Map.of("n", "3")), at(T, 5));

    List<RangeSeries> cut = queries().range(query("a", Map.of(), T, T + 10, 0, 10, 3));

    assertThat(cut).extracting(RangeSeries::cut).containsExactly(false, true);
    assertThat(cut.get(1).points()).containsExactly(new Point(T, 3));
  }

  @Test
  void range_withRoomForExactlyThePoints_isNotCut() {
    store(TestBatches.gauge("a", Map.of("n", "1")), at(T, 1), at(T + 1, 2));
    store(TestBatches.gauge("a", Map.of("n", "2")), at(T, 3));

    assertThat(queries().range(query("a", Map.of(), T, T + 10, 0, 2, 3)))
        .extracting(RangeSeries::cut)
        .containsExactly(false, false);
    assertThat(queries().range(query("a", Map.of(), T, T + 10, 0, 2, 2)))
        .extracting(RangeSeries::cut)
        .containsExactly(true);
  }

  @Test
  void range_withMoreSeriesThanAllowed_saysSo() {
    store(TestBatches.gauge("a", Map.of("n", "1")), at(T, 1));
    store(TestBatches.gauge("a", Map.of("n", "2")), at(T, 2));
    store(TestBatches.gauge("a", Map.of("n", "3")), at(T, 3));

    List<RangeSeries> cut = queries().range(query("a", Map.of(), T, T + 10, 0, 2, 10));

    assertThat(cut).extracting(RangeSeries::cut).containsExactly(false, true);
  }

  @Test
  void range_withAStep_countsMeansAsPoints() {
    store(series("a"), at(T, 1), at(T + 1, 2), at(T + 10_000, 3));

    List<RangeSeries> whole = queries().range(query("a", Map.of(), T, T + 20_000, 10_000, 10, 2));

    assertThat(whole).extracting(RangeSeries::cut).containsExactly(false);
  }

  @Test
  void rangeQuery_withoutLimits_isRefused() {
    assertThatThrownBy(() -> query("a", Map.of(), T, T, -1, 1, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> query("a", Map.of(), T, T, 0, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> query("a", Map.of(), T, T, 0, 1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void balance_tellsEachEpoch_newestFirst() {
    Lease lease = own();
    EpochId older = new EpochId(agent, 900);
    EpochId newer = new EpochId(agent, -3);
    Balance balance = new Balance(100, 60, 20, 15, 5);
    Balance missing = new Balance(110, 60, 20, 15, 5);
    commit(lease, tx -> tx.lockEpochs(List.of(older)));
    commit(
        lease,
        tx -> {
          tx.lockEpochs(List.of(newer));
          tx.saveProgress(
              List.of(
                  new EpochProgress(
                      newer, 4, List.of(new SeqRanges.Range(6, 7)), missing, false, true)));
        });
    commit(
        lease,
        tx -> {
          tx.lockEpochs(List.of(older));
          tx.saveProgress(List.of(new EpochProgress(older, 2, List.of(), balance, true, false)));
        });

    assertThat(queries().balance(agent))
        .containsExactly(
            new EpochBalance(-3, 4, true, missing, false, true),
            new EpochBalance(900, 2, false, balance, true, false));
  }

  @Test
  void epochBalance_withAGap_isInFlight_andUnaccountedWithoutOne() {
    Balance missing = new Balance(110, 60, 20, 15, 5);
    Balance doubled = new Balance(90, 60, 20, 15, 5);

    EpochBalance gap = new EpochBalance(1, 4, true, missing, false, false);
    EpochBalance whole = new EpochBalance(1, 4, false, missing, false, false);
    EpochBalance tooMany = new EpochBalance(1, 4, true, doubled, false, false);

    assertThat(gap.inFlight()).isEqualTo(10);
    assertThat(gap.unaccounted()).isZero();
    assertThat(whole.inFlight()).isZero();
    assertThat(whole.unaccounted()).isEqualTo(10);
    assertThat(tooMany.inFlight()).isZero();
    assertThat(tooMany.unaccounted()).isEqualTo(-10);
  }

  @Test
  void describe_isOneLine() {
    assertThat(queries().describe()).isNotBlank().doesNotContain("\n");
  }

  private record Sample(long timeMillis, double value) {}

  private static Sample at(long timeMillis, double value) {
    return new Sample(timeMillis, value);
  }

  private static Series series(String name) {
    return TestBatches.gauge(name, Map.of());
  }

  private void store(Series series, Sample... samples) {
    Columns.Builder columns =
        new Columns.Builder(1, List.of(samples).stream().mapToLong(Sample::timeMillis).toArray());
    for (int row = 0; row < samples.length; row++) {
      columns.set(0, row, samples[row].value());
    }
    SeriesSet set = SeriesSet.of(List.of(series));
    if (lease.isEmpty()) {
      lease = Optional.of(own());
    }
    Columns built = columns.build();
    commit(lease.get(), tx -> tx.addSamples(tx.seriesIds(agent, set), built));
  }

  private RangeQuery query(
      String name,
      Map<String, String> labels,
      long from,
      long to,
      long step,
      int maxSeries,
      int maxPoints) {
    return new RangeQuery(agent, name, labels, from, to, step, maxSeries, maxPoints);
  }

  private List<Point> points(RangeQuery query) {
    return queries().range(query).getFirst().points();
  }
}
