package dev.sentinelj.runners.server;

import dev.sentinelj.auditor.Audit;
import dev.sentinelj.auditor.AuditFailedException;
import dev.sentinelj.auditor.Auditor;
import dev.sentinelj.auditor.DatabaseAddress;
import dev.sentinelj.auditor.EpochAudit;
import dev.sentinelj.auditor.Finding;
import dev.sentinelj.auditor.Patience;
import dev.sentinelj.auditor.Scope;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.AuditQueries;
import java.time.Duration;

/** Lets the auditor look, over a connection of its own for each audit. */
public final class DatabaseAudits implements AuditQueries {
  /** A statement that takes longer is given up: an audit of a server must end by itself. */
  static final Duration REPLY = Duration.ofMinutes(2);

  /** How long a table may be kept from an audit, by a change of the schema or by retention. */
  static final Duration LOCK = Duration.ofSeconds(5);

  private final Auditor auditor;

  public DatabaseAudits(DatabaseAddress address) {
    this(address, new Patience(REPLY, LOCK));
  }

  DatabaseAudits(DatabaseAddress address, Patience patience) {
    this.auditor = new Auditor(address, patience);
  }

  @Override
  public AgentAudit audit(AgentId agent) {
    try {
      Audit audit = auditor.audit(Scope.of(agent.value()));
      return new AgentAudit(
          audit.atMillis(), audit.epochs().stream().map(DatabaseAudits::verdictOf).toList());
    } catch (AuditFailedException e) {
      throw new PortUnavailableException("auditing " + agent, e);
    }
  }

  private static EpochVerdict verdictOf(EpochAudit epoch) {
    return new EpochVerdict(
        epoch.epoch(),
        switch (epoch.verdict()) {
          case OK -> Verdict.OK;
          case IN_FLIGHT -> Verdict.IN_FLIGHT;
          case CLOSING -> Verdict.CLOSING;
          case UNACCOUNTED -> Verdict.UNACCOUNTED;
        },
        Balance.ZERO
            .withCollected(epoch.collected())
            .withStored(epoch.stored())
            .withQuarantined(epoch.quarantined())
            .withLost(epoch.lost())
            .withOverflow(epoch.overflow())
            .withMoved(epoch.moved()),
        epoch.inFlight(),
        epoch.unaccounted(),
        epoch.findings().stream().map(Finding::text).toList());
  }
}
