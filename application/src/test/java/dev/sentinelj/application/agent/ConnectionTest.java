package dev.sentinelj.application.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.Uplink;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ConnectionTest {
  private static final Downlink EVENT = new Downlink.EpochClosed(1);
  private static final Uplink.Opening OPENING =
      new Uplink.Opening(
          new EpochId(AgentRig.AGENT, AgentRig.EPOCH), AgentRig.KEY, "test", 1, AgentRig.T0);

  private final ScriptedUplink uplink = new ScriptedUplink();
  private final Connection connection =
      new Connection(uplink, Runnable::run, new SplittableRandom(5));
  private final List<Downlink> heard = new ArrayList<>();
  private Now now = new Now(AgentRig.T0, -7_000_000_000L);

  @Test
  void firstTry_isDueAtOnce() {
    assertThat(connection.due(now)).isTrue();
    assertThat(connection.open()).isNull();
  }

  @Test
  void open_isTheSessionOnceItWasOpened() {
    connect();
    assertThat(connection.open()).isNull();

    connection.opened(now);

    assertThat(connection.open()).isSameAs(uplink.last());
    assertThat(connection.due(now)).isFalse();
  }

  @Test
  void formerSession_isHeardNoMore() {
    connect();
    uplink.last().says(EVENT);
    assertThat(heard).containsExactly(EVENT);

    connection.end();
    uplink.last().says(EVENT);
    connect();
    uplink.lines.getFirst().says(EVENT);

    assertThat(heard).hasSize(1);
    assertThat(uplink.lines.getFirst().closed).isTrue();
  }

  @Test
  void stopped_hearsNothingAndTriesNoMore() {
    connect();

    connection.stop();
    uplink.last().says(EVENT);

    assertThat(heard).isEmpty();
    assertThat(connection.due(now.plusMillis(3_600_000))).isFalse();
  }

  @Test
  void refused_isTriedAgainAfterOneSecondAtTheEarliest() {
    connect();

    connection.retry(Connection.REFUSED, now);

    assertThat(connection.due(now.plusMillis(999))).isFalse();
    assertThat(connection.due(now.plusMillis(2_000))).isTrue();
  }

  @Test
  void failuresInARow_areTriedAgainLaterEachTime() {
    assertThat(longestWaitAfter(10, 0)).isGreaterThan(10_000);
  }

  @Test
  void sessionThatLasted_isNoFailure() {
    assertThat(longestWaitAfter(10, 10_000)).isLessThanOrEqualTo(1_000);
    assertThat(longestWaitAfter(10, 9_999)).isGreaterThan(10_000);
  }

  @Test
  void correctedClock_makesTheNextTryTheFirst() {
    longestWaitAfter(10, 0);
    connect();

    connection.clockCorrected();
    connection.retry(Connection.LOST, now);

    assertThat(connection.due(now.plusMillis(1_000))).isTrue();
    assertThat(connection.isClockCorrected()).isTrue();
    connect();
    assertThat(connection.isClockCorrected()).isFalse();
  }

  @Test
  void heartbeat_isSentWhenTheLastOneIsOldEnough() {
    connect();
    connection.opened(now);

    connection.heartbeat(10_000, 1, now.plusMillis(9_999));
    connection.heartbeat(10_000, 2, now.plusMillis(10_000));
    connection.heartbeat(10_000, 3, now.plusMillis(19_999));

    assertThat(uplink.last().heartbeats).containsExactly(2L);
  }

  private void connect() {
    connection.connect(OPENING, heard::add, now);
  }

  /** The longest wait among so many sessions that lasted so long each. */
  private long longestWaitAfter(int sessions, long lastingMillis) {
    long longest = 0;
    for (int i = 0; i < sessions; i++) {
      connect();
      connection.opened(now);
      now = now.plusMillis(lastingMillis);
      connection.end();
      connection.retry(Connection.LOST, now);
      long wait = 0;
      while (!connection.due(now.plusMillis(wait))) {
        wait++;
      }
      longest = Math.max(longest, wait);
    }
    return longest;
  }
}
