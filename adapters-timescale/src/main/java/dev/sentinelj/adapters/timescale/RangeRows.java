package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.SAMPLES;
import static dev.sentinelj.adapters.timescale.jooq.Tables.SERIES;
import static org.jooq.impl.DSL.avg;
import static org.jooq.impl.DSL.exists;
import static org.jooq.impl.DSL.extract;
import static org.jooq.impl.DSL.floor;
import static org.jooq.impl.DSL.selectOne;

import dev.sentinelj.adapters.timescale.jooq.tables.records.SeriesRecord;
import dev.sentinelj.ports.driven.MetricQueries.Point;
import dev.sentinelj.ports.driven.MetricQueries.RangeQuery;
import dev.sentinelj.ports.driven.MetricQueries.RangeSeries;
import java.util.ArrayList;
import java.util.List;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.DatePart;
import org.jooq.Field;
import org.jooq.impl.SQLDataType;

/** One range query in one snapshot: which series, then the points of each until the limit. */
final class RangeRows {
  private final DSLContext dsl;
  private final RangeQuery query;

  RangeRows(DSLContext dsl, RangeQuery query) {
    this.dsl = dsl;
    this.query = query;
  }

  List<RangeSeries> read() {
    List<SeriesRecord> matching = matching();
    List<RangeSeries> answer = new ArrayList<>();
    int room = query.maxPoints();
    for (SeriesRecord one : matching) {
      if (answer.size() == query.maxSeries() || room == 0) {
        return lastCut(answer);
      }
      List<Point> points = points(one.getId(), room + 1);
      boolean cut = points.size() > room;
      List<Point> fitting = cut ? points.subList(0, room) : points;
      room -= fitting.size();
      answer.add(
          new RangeSeries(
              TimescaleMetricQueries.series(
                  one.getName(), one.getType(), one.getUnit(), one.getLabels()),
              fitting,
              cut));
    }
    return answer;
  }

  /**
   * One more than the limit, to know whether there are more; series without a sample in the range
   * do not count.
   */
  private List<SeriesRecord> matching() {
    return dsl.selectFrom(SERIES)
        .where(
            SERIES.AGENT.eq(query.agent().value()),
            SERIES.NAME.eq(StoredText.of(query.name())),
            SERIES.LABELS.contains(Labels.toJson(query.labels())),
            exists(selectOne().from(SAMPLES).where(SAMPLES.SERIES_ID.eq(SERIES.ID), inRange())))
        .orderBy(SERIES.LABEL_ORDER, SERIES.ID)
        .limit(query.maxSeries() + 1L)
        .fetch();
  }

  private static List<RangeSeries> lastCut(List<RangeSeries> answer) {
    if (!answer.isEmpty()) {
      RangeSeries last = answer.removeLast();
      answer.add(new RangeSeries(last.series(), last.points(), true));
    }
    return answer;
  }

  private Condition inRange() {
    return SAMPLES
        .TIME
        .ge(Times.of(query.fromMillis()))
        .and(SAMPLES.TIME.lt(Times.of(query.toMillis())));
  }

  private List<Point> points(long seriesId, int limit) {
    return query.stepMillis() == 0 ? raw(seriesId, limit) : means(seriesId, limit);
  }

  private List<Point> raw(long seriesId, int limit) {
    return dsl.select(SAMPLES.TIME, SAMPLES.VALUE)
        .from(SAMPLES)
        .where(SAMPLES.SERIES_ID.eq(seriesId), inRange())
        .orderBy(SAMPLES.TIME)
        .limit(limit)
        .fetch(row -> new Point(Times.millis(row.value1()), row.value2()));
  }

  private List<Point> means(long seriesId, int limit) {
    Field<Long> step =
        floor(
                extract(SAMPLES.TIME, DatePart.EPOCH)
                    .cast(SQLDataType.NUMERIC)
                    .mul(1_000)
                    .div(query.stepMillis()))
            .cast(SQLDataType.BIGINT)
            .as("step");
    var stepped =
        dsl.select(step, SAMPLES.VALUE)
            .from(SAMPLES)
            .where(SAMPLES.SERIES_ID.eq(seriesId), inRange())
            .asTable("stepped");
    return dsl.select(stepped.field(step), avg(stepped.field(SAMPLES.VALUE)))
        .from(stepped)
        .groupBy(stepped.field(step))
        .orderBy(stepped.field(step))
        .limit(limit)
        .fetch(row -> new Point(row.value1() * query.stepMillis(), row.value2().doubleValue()));
  }
}
