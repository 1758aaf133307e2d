package dev.sentinelj.adapters.timescale;

import dev.sentinelj.adapters.timescale.jooq.Routines;
import dev.sentinelj.ports.PortUnavailableException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jooq.exception.DataAccessException;

/**
 * Makes room for a day before a row of that day is written. It works on a connection of its own,
 * because what it makes must be there whatever becomes of the transaction that asked; and on none
 * of the pool, because that transaction holds epochs which others wait for on connections of the
 * pool. Attaching a day does not wait for writers. One owner.
 */
final class DayPartitions {
  /**
   * Most days that one call may make: more than retention allows for is a mistake of the caller.
   */
  static final int MAX_NEW_DAYS = 400;

  enum Table {
    SAMPLES("samples"),
    JOURNAL("metrics_raw");

    private final String relation;

    Table(String relation) {
      this.relation = relation;
    }
  }

  private record Known(Table table, long day) {}

  private final BiConsumer<Table, LocalDate[]> make;
  private final Set<Known> known = new HashSet<>();

  DayPartitions(Database database) {
    this((table, dates) -> make(database, table, dates));
  }

  /**
   * @param make makes room for days that are new
   */
  DayPartitions(BiConsumer<Table, LocalDate[]> make) {
    this.make = make;
  }

  /**
   * @param days since 1970-01-01
   * @throws IllegalArgumentException when more than {@value #MAX_NEW_DAYS} of them are new
   */
  void ensure(Table table, Set<Long> days) {
    Set<Long> missing = new HashSet<>(days);
    missing.removeIf(day -> known.contains(new Known(table, day)));
    if (missing.isEmpty()) {
      return;
    }
    if (missing.size() > MAX_NEW_DAYS) {
      throw new IllegalArgumentException("samples of " + missing.size() + " new days at once");
    }
    LocalDate[] dates =
        missing.stream().sorted().map(LocalDate::ofEpochDay).toArray(LocalDate[]::new);
    make.accept(table, dates);
    missing.forEach(day -> known.add(new Known(table, day)));
  }

  private static void make(Database database, Table table, LocalDate[] dates) {
    try (Connection connection = database.connect("sentinel days")) {
      Routines.sentinelEnsurePartitions(
          Database.on(connection).configuration(), table.relation, dates);
    } catch (SQLException | DataAccessException e) {
      throw new PortUnavailableException("making room for new days", e);
    }
  }

  boolean has(Table table, long day) {
    return known.contains(new Known(table, day));
  }

  void forget() {
    known.clear();
  }
}
