package dev.sentinelj.adapters.timescale;

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
