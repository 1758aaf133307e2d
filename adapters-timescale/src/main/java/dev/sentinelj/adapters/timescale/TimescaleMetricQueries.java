package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.AGENT_PROGRESS;
import static dev.sentinelj.adapters.timescale.jooq.Tables.SAMPLES;
import static dev.sentinelj.adapters.timescale.jooq.Tables.SERIES;
import static dev.sentinelj.adapters.timescale.jooq.Tables.V_STORE;
import static org.jooq.impl.DSL.lateral;
import static org.jooq.impl.DSL.select;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.metric.MetricType;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.ports.driven.MetricQueries;
import java.util.List;
import org.jooq.JSONB;

/**
 * Reads through the index (series_id, time), one look-up per series; never a scan of the samples.
 */
public final class TimescaleMetricQueries implements MetricQueries {
  private final Database database;

  public TimescaleMetricQueries(Database database) {
    this.database = database;
  }

  @Override
  public List<Latest> latest(AgentId agent, String namePrefix, long sinceMillis, int limit) {
    var newest =
        lateral(
                select(SAMPLES.TIME, SAMPLES.VALUE)
                    .from(SAMPLES)
                    .where(SAMPLES.SERIES_ID.eq(SERIES.ID), SAMPLES.TIME.ge(Times.of(sinceMillis)))
                    .orderBy(SAMPLES.TIME.desc())
                    .limit(1))
            .as("newest");
    return database.ask(
        "reading the newest samples of " + agent,
        dsl ->
            dsl.select(
                    SERIES.NAME,
                    SERIES.TYPE,
                    SERIES.UNIT,
                    SERIES.LABELS,
                    newest.field(SAMPLES.TIME),
                    newest.field(SAMPLES.VALUE))
                .from(SERIES)
                .crossJoin(newest)
                .where(
                    SERIES.AGENT.eq(agent.value()),
                    SERIES.NAME.startsWith(StoredText.of(namePrefix)))
                .orderBy(SERIES.NAME, SERIES.LABEL_ORDER, SERIES.ID)
                .limit(limit)
                .fetch(row ->
                    new Latest(
                        series(row.value1(), row.value2(), row.value3(), row.value4()),
                        Times.millis(row.value5()),
                        row.value6())));
  }

  @Override
  public List<RangeSeries> range(RangeQuery query) {
    return database.snapshot(
        "reading a range of " + query.agent(), dsl -> new RangeRows(dsl, query).read());
  }

  @Override
  public List<EpochBalance> balance(AgentId agent) {
    return database.ask(
        "reading the balance of " + agent,
        dsl ->
            dsl.selectFrom(AGENT_PROGRESS)
                .where(AGENT_PROGRESS.AGENT.eq(agent.value()))
                .orderBy(AGENT_PROGRESS.ORDINAL.desc())
                .fetch(row ->
                    new EpochBalance(
                        row.getEpoch(),
                        row.getThrough(),
                        row.getRanges().length > 0,
                        ProgressRows.balance(row),
                        row.getClosed(),
                        row.getForked())));
  }

  @Override
  public String describe() {
    return database.ask(
        "asking for the version",
        dsl -> {
          var store = dsl.selectFrom(V_STORE).fetchSingle();
          String cut =
              store.getTimescaledb() == null
                  ? "native day partitions"
                  : "TimescaleDB " + store.getTimescaledb();
          return "PostgreSQL " + store.getVersion() + ", " + cut;
        });
  }

  static Series series(String name, short type, String unit, JSONB labels) {
    return new Series(name, MetricType.ofCode(type), unit, Labels.parse(labels));
  }
}
