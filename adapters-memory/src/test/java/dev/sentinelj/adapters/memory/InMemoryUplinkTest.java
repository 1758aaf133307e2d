package dev.sentinelj.adapters.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.Uplink;
import dev.sentinelj.ports.driving.AgentSessions;
import dev.sentinelj.testkit.RecordedEvents;
import dev.sentinelj.testkit.ScriptedSessions;
import dev.sentinelj.testkit.UplinkContract;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;

class InMemoryUplinkTest extends UplinkContract {
  private final AgentKey key =
      new AgentKey(new KeyId("k1"), Secret.random(new SplittableRandom(7)));
  private final Uplink.Opening opening =
      new Uplink.Opening(new EpochId(new AgentId("a"), 1), key, "1", 1, 1);
  private final ScriptedSessions gateway = new ScriptedSessions(key);
  private final RecordedEvents events = new RecordedEvents();
  private final Queue<Runnable> network = new ArrayDeque<>();

  @Override
  protected Uplink uplinkTo(AgentSessions sessions) {
    return over(sessions, Thread::startVirtualThread);
  }

  @Override
  protected Uplink uplinkToNowhere() {
    InMemoryUplink uplink = over(gateway, Thread::startVirtualThread);
    uplink.reachable(false);
    return uplink;
  }

  @Test
  void cut_losesWhatIsUnderWay() {
    InMemoryUplink uplink = over(gateway, network::add);
    Uplink.Session session = uplink.open(opening, events);
    runNetwork();
    events.next(Downlink.Opened.class);

    session.heartbeat(5);
    gateway.nextListener().setsNeeded(List.of());
    uplink.cut();
    runNetwork();

    assertThat(events.next(Downlink.Closed.class).why()).isEqualTo(Downlink.CloseReason.LOST);
    assertThat(events.unread()).isEmpty();
    assertThat(gateway.unreadHeartbeats()).isZero();
  }

  @Test
  void hook_losesSingleMessages() {
    InMemoryUplink uplink =
        new InMemoryUplink(
            gateway,
            () -> new Now(1, 1),
            network::add,
            new SplittableRandom(1),
            way -> way == InMemoryUplink.Way.TO_GATEWAY);
    Uplink.Session session = uplink.open(opening, events);
    runNetwork();

    session.heartbeat(5);
    gateway.nextListener().setsNeeded(List.of());
    runNetwork();

    events.next(Downlink.Opened.class);
    events.next(Downlink.SetsNeeded.class);
    assertThat(gateway.unreadHeartbeats()).isZero();
  }

  private void runNetwork() {
    for (Runnable task = network.poll(); task != null; task = network.poll()) {
      task.run();
    }
  }

  private static InMemoryUplink over(AgentSessions sessions, Executor network) {
    return new InMemoryUplink(sessions, () -> new Now(1, 1), network, new SplittableRandom(1));
  }
}
