package dev.sentinelj.ports.driven;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.progress.Balance;
import java.util.List;

/**
 * Says whether every sample of an agent is accounted for, as somebody sees it who looks at what is
 * stored, not at what the workers remember. Calls block; they throw {@link
 * dev.sentinelj.ports.PortUnavailableException} when the store does not answer. Thread safe.
 */
public interface AuditQueries {

  /**
   * All epochs of an agent, judged in one snapshot; an agent never heard of has none.
   *
   * @throws BusyException when other audits are under way and this one did not get its turn
   */
  AgentAudit audit(AgentId agent);

  /**
   * @param atMillis when it was judged, by the clock of the store
   * @param epochs the one that was heard of last comes first
   */
  record AgentAudit(long atMillis, List<EpochVerdict> epochs) {
    public AgentAudit {
      epochs = List.copyOf(epochs);
    }
  }

  /**
   * @param inFlight samples the agent counted and nobody told of yet
   * @param unaccounted sizes of all faults found; 0 is possible for one of unknown size
   * @param findings for people: a sentence for each thing that is not as it should be
   */
  record EpochVerdict(
      long epoch,
      Verdict verdict,
      Balance balance,
      long inFlight,
      long unaccounted,
      List<String> findings) {
    public EpochVerdict {
      findings = List.copyOf(findings);
    }
  }

  /** From good to bad. */
  enum Verdict {
    OK,
    /** Samples are on their way. */
    IN_FLIGHT,
    /** The epoch was given up, and the last word of its log has not come yet. */
    CLOSING,
    /** Something is missing, doubled or counted wrong, and nothing explains it. */
    UNACCOUNTED
  }

  /** Nothing was asked, because others are asking; later there is a turn. */
  final class BusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BusyException(String message) {
      super(message);
    }
  }
}
