package dev.sentinelj.application.gateway;

import dev.sentinelj.application.status.Counters;
import dev.sentinelj.ports.driving.ServerStatus;
import java.util.List;
import java.util.Map;

/** How a gateway is doing. */
public final class GatewayStatus implements ServerStatus {
  private final Counters counters;
  private final AgentDirectory agents;
  private final FramePublisher publisher;
  private final SessionDirectory sessions;
  private final CommittedRelay relay;

  public GatewayStatus(
      Counters counters,
      AgentDirectory agents,
      FramePublisher publisher,
      SessionDirectory sessions,
      CommittedRelay relay) {
    this.counters = counters;
    this.agents = agents;
    this.publisher = publisher;
    this.sessions = sessions;
    this.relay = relay;
  }

  @Override
  public Report report() {
    Map<String, Long> totals = counters.snapshot();
    totals.put("sessions_open", (long) sessions.size());
    totals.put("publisher_bytes_held", publisher.bytesHeld());
    totals.put("agents_cached", (long) agents.size());
    return new Report(List.of(registry(), bus(), progress()), totals);
  }

  private Part registry() {
    return agents.usable()
        ? new Part("registry", true, "answers")
        : new Part("registry", false, "does not answer; known agents are served for an hour");
  }

  private Part bus() {
    return publisher.hasRoom()
        ? new Part("bus", true, "takes batches")
        : new Part("bus", false, "full or not reachable; agents are told to send again later");
  }

  private Part progress() {
    return relay.answers()
        ? new Part("progress", true, "agents hear what is committed")
        : new Part("progress", false, "the database has not said yet what is committed");
  }
}
