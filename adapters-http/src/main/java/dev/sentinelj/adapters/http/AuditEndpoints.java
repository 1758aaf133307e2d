package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.ports.driven.AuditQueries;
import dev.sentinelj.ports.driven.AuditQueries.AgentAudit;
import dev.sentinelj.ports.driven.AuditQueries.EpochVerdict;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Whether every sample of an agent is accounted for. */
final class AuditEndpoints {
  private final AuditQueries audits;
  private final KnownAgents agents;

  AuditEndpoints(AuditQueries audits, KnownAgents agents) {
    this.audits = audits;
    this.agents = agents;
  }

  List<Route> routes() {
    return List.of(Route.of("GET", "/v1/audit", Role.VIEWER, this::audit));
  }

  /**
   * @param accounted false when something is unaccounted for in any epoch
   * @param verdict the worst of all epochs
   * @param totals over all epochs
   */
  record AuditOfAgent(
      String agentId,
      String at,
      boolean accounted,
      String verdict,
      Counts totals,
      List<Epoch> epochs) {}

  record Counts(
      long collected,
      long stored,
      long quarantined,
      long lost,
      long overflow,
      long moved,
      long inFlight,
      long unaccounted) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0);

    static Counts of(EpochVerdict epoch) {
      Balance balance = epoch.balance();
      return new Counts(
          balance.collected(),
          balance.stored(),
          balance.quarantined(),
          balance.lost(),
          balance.overflow(),
          balance.moved(),
          epoch.inFlight(),
          epoch.unaccounted());
    }

    Counts plus(Counts more) {
      return new Counts(
          collected + more.collected,
          stored + more.stored,
          quarantined + more.quarantined,
          lost + more.lost,
          overflow + more.overflow,
          moved + more.moved,
          inFlight + more.inFlight,
          unaccounted + more.unaccounted);
    }
  }

  record Epoch(String epoch, String verdict, Counts counts, List<String> findings) {}

  private Reply audit(Call call) {
    call.query("agent");
    AgentId agent =
        call.agent()
            .orElseThrow(() -> Problem.badField("agent", "agent must be the id of an agent"));
    AgentAudit audit = audited(agent);
    AuditQueries.Verdict worst =
        agents.orUnknown(agent, audit.epochs()).stream()
            .map(EpochVerdict::verdict)
            .max(Comparator.naturalOrder())
            .orElse(AuditQueries.Verdict.OK);
    return Reply.ok(
        new AuditOfAgent(
            agent.value(),
            Timestamps.format(audit.atMillis()),
            worst != AuditQueries.Verdict.UNACCOUNTED,
            word(worst),
            audit.epochs().stream().map(Counts::of).reduce(Counts.NONE, Counts::plus),
            audit.epochs().stream().map(AuditEndpoints::json).toList()));
  }

  private AgentAudit audited(AgentId agent) {
    try {
      return audits.audit(agent);
    } catch (AuditQueries.BusyException e) {
      throw new ProblemException(
          Problem.retryLater(
              503, "another audit is under way, try again", HttpLimits.AUDIT_RETRY_SECONDS));
    }
  }

  private static Epoch json(EpochVerdict one) {
    return new Epoch(EpochId.hex(one.epoch()), word(one.verdict()), Counts.of(one), one.findings());
  }

  private static String word(AuditQueries.Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT);
  }
}
