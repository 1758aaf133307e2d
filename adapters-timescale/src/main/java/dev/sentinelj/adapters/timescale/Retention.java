package dev.sentinelj.adapters.timescale;

import dev.sentinelj.adapters.timescale.jooq.Routines;
import java.time.LocalDate;

/** Drops whole days that are older than they are kept. Any process may run it, at any time. */
public final class Retention {
  /** How long samples are kept. */
  public static final long SAMPLE_DAYS = 90;

  /** How long the journal is kept. */
  public static final long JOURNAL_DAYS = 7;

  private final Database database;

  public Retention(Database database) {
    this.database = database;
  }

  /**
   * Drops each day that ended longer ago than it is kept.
   *
   * @return how many were dropped
   */
  public int apply(long nowMillis) {
    return drop("samples", SAMPLE_DAYS, nowMillis) + drop("metrics_raw", JOURNAL_DAYS, nowMillis);
  }

  private int drop(String relation, long days, long nowMillis) {
    LocalDate before = LocalDate.ofEpochDay(Times.day(nowMillis) - days);
    return database.transact(
        "dropping old days of " + relation,
        dsl -> Routines.sentinelDropPartitions(dsl.configuration(), relation, before));
  }
}
