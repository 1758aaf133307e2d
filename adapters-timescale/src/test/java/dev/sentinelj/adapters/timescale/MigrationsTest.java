package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.PostgresForTests.sql;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.adapters.timescale.Migrations.Durability;
import org.junit.jupiter.api.Test;

class MigrationsTest {

  @Test
  void run_again_keepsTheNumberOfPartitions() {
    try (Database database = new Database(PostgresForTests.empty())) {
      int first = Migrations.run(database, 32, Durability.NOT_NEEDED);

      int second = Migrations.run(database, 4, Durability.NOT_NEEDED);

      assertThat(first).isEqualTo(32);
      assertThat(second).isEqualTo(32);
    }
  }

  @Test
  void run_overADatabaseOfTheVersionBefore_keepsWhatItHolds() {
    try (Database database = new Database(PostgresForTests.empty())) {
      Migrations.run(database, "003");
      database.ask(
          "filling it",
          dsl ->
              dsl.execute(
                  """
                  INSERT INTO agent_progress (agent, epoch, through, ranges, collected, stored, changed)
                    VALUES ('web-1', 7, 2, '{4,4}', 40, 30, 1), ('web-2', 7, 2, '{}', 20, 20, 1);
                  INSERT INTO batch_ledger (agent, epoch, seq, content_hash, samples)
                    VALUES ('web-1', 7, 1, '\\x01', 10), ('web-1', 7, 2, '\\x02', 10), ('web-1', 7, 4, '\\x04', 10);
                  INSERT INTO bus_positions VALUES (0, 1, 3, 17, 1000), (0, 2, 0, 0, 0);
                  INSERT INTO quarantine (agent, epoch, seq, reason, detail, received_at, samples, bytes)
                    VALUES ('web-1', 7, 9, 'fork', '', now(), 0, '\\x00');
                  INSERT INTO parked (agent, epoch, seq, content_hash, missing_set, received_at, lane, generation,
                      sequence, stamp_ms, idx, attempt, sent_at_ms, last_tick, body_bytes, bytes)
                    VALUES ('web-1', 7, 5, '\\x01', '\\x02', now(), 1, 1, 1, 1, 0, 0, 0, 0, 1, '\\x00');
                  """));

      Migrations.run(database, 4, Durability.NOT_NEEDED);

      assertThat(sql(database, "SELECT agent, unaccounted, in_flight FROM v_balance ORDER BY 1"))
          .isEqualTo("web-1|0|10\nweb-2|0|0");
      assertThat(sql(database, "SELECT cells FROM parked")).isEqualTo("null");
      assertThat(sql(database, "SELECT count(*), count(sample_to) FROM batch_ledger"))
          .isEqualTo("3|0");
      assertThat(
              sql(
                  database,
                  "SELECT sequence, begun, try_index, tries FROM bus_positions WHERE lane = 1"))
          .isEqualTo("17|0|null|0");
      assertThat(sql(database, "SELECT replayed_at FROM quarantine")).isEqualTo("null");
    }
  }

  /** Agents claim these numbers: a view that fails for one of them fails for everybody. */
  @Test
  void vBalance_ofCountsBeyondABigint_stopsAtItsEnd() {
    try (Database database = new Database(PostgresForTests.empty())) {
      Migrations.run(database, 4, Durability.NOT_NEEDED);
      long most = Long.MAX_VALUE;
      database.ask(
          "filling it",
          dsl ->
              dsl.execute(
                  "INSERT INTO agent_progress (agent, epoch, collected, quarantined, lost, changed)"
                      + " VALUES ('web-1', 1, 0, ?, ?, 1), ('web-2', 1, 5, 2, 0, 1)",
                  most,
                  most));

      assertThat(sql(database, "SELECT agent, unaccounted, in_flight FROM v_balance ORDER BY 1"))
          .isEqualTo("web-1|" + Long.MIN_VALUE + "|0\nweb-2|3|0");
    }
  }

  @Test
  void run_onAServerWithoutFsync_isRefusedUnlessTold() {
    try (Database database = new Database(PostgresForTests.empty())) {
      assertThatThrownBy(() -> Migrations.run(database, 4, Durability.REQUIRED))
          .isInstanceOf(Migrations.NotDurableException.class)
          .hasMessageContaining("=off");
    }
  }

  @Test
  void access_toString_hidesThePassword() {
    Database.Access access = new Database.Access("jdbc:postgresql://h/d", "u", "hunter2", 1);

    assertThat(access.toString()).doesNotContain("hunter2");
  }
}
