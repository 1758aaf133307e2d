package dev.sentinelj.adapters.timescale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.testkit.Stages;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker's transaction that takes its time, and those who wait for the epochs it holds. */
@Timeout(30)
class HeldEpochTest {
  private static final EpochId EPOCH = new EpochId(new AgentId("held"), 7);

  private final Database database = PostgresForTests.migrated();

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void close_ofAnEpochThatSomebodyHolds_isGivenUpAndSucceedsLater() throws SQLException {
    TimescaleProgressFeed feed = new TimescaleProgressFeed(database);
    Stages.await(feed.close(EPOCH));

    try (Connection worker = database.connect("worker");
        Statement statement = worker.createStatement()) {
      worker.setAutoCommit(false);
      statement.execute("UPDATE agent_progress SET closed = false");

      assertThatThrownBy(() -> Stages.await(feed.close(EPOCH)))
          .isInstanceOf(PortUnavailableException.class);
      worker.commit();
    }

    Stages.await(feed.close(EPOCH));
    assertThat(Stages.await(feed.of(EPOCH)).committed().progress().closed()).isTrue();
  }

  @Test
  void ensure_whenThePoolIsUsedUp_makesRoomAllTheSame() throws SQLException {
    DayPartitions days = new DayPartitions(database);
    List<Connection> taken = new ArrayList<>();
    try {
      for (int i = 0; i < 4; i++) {
        taken.add(database.pool().getConnection());
      }

      days.ensure(DayPartitions.Table.SAMPLES, Set.of(20_000L));
    } finally {
      for (Connection connection : taken) {
        connection.close();
      }
    }

    assertThat(days.has(DayPartitions.Table.SAMPLES, 20_000)).isTrue();
  }
}
