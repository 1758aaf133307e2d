package dev.sentinelj.application.gateway;

import dev.sentinelj.application.gateway.AgentDirectory.Answer;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.time.Now;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What the registry said lately. Ids that it does not have are in a memory of their own, so that
 * whoever makes them up drives no agent out. Not thread safe.
 */
final class HeldAgents {
  private final Map<AgentId, Held> known = new Recent<>(AgentDirectory.MAX_KNOWN);
  private final Map<AgentId, Held> absent = new Recent<>(AgentDirectory.MAX_ABSENT);

  /**
   * An answer of the registry.
   *
   * @param keys those of an agent that was found, otherwise none
   */
  record Held(Answer answer, DerivedKeys keys, long readAtNanos) {
    static Held found(DerivedKeys keys, long readAtNanos) {
      return new Held(new Answer.Found(keys.keys()), keys, readAtNanos);
    }

    static Held absent(Answer answer, long readAtNanos) {
      return new Held(answer, DerivedKeys.NONE, readAtNanos);
    }

    Optional<Answer> ifYoungerThan(Duration age, Now now) {
      boolean young = now.monotonicNanos() - readAtNanos < age.toNanos();
      return young ? Optional.of(answer) : Optional.empty();
    }
  }

  /**
   * What is believed without asking.
   *
   * @param pausing whether nobody is asked now, so that known agents are served for longer
   */
  Optional<Answer> believed(AgentId agent, boolean pausing, Now now) {
    Held found = known.get(agent);
    if (found != null) {
      return found.ifYoungerThan(pausing ? AgentDirectory.STALE : AgentDirectory.TTL, now);
    }
    return Optional.ofNullable(absent.get(agent))
        .flatMap(none -> none.ifYoungerThan(AgentDirectory.TTL, now));
  }

  /** What is served when the registry cannot be asked. */
  Optional<Answer> stale(AgentId agent, Now now) {
    return Optional.ofNullable(known.get(agent))
        .flatMap(found -> found.ifYoungerThan(AgentDirectory.STALE, now));
  }

  /** Whether {@code agent} was found when the registry answered last. */
  boolean isKnown(AgentId agent) {
    return known.containsKey(agent);
  }

  /** Takes over what the registry says of {@code agent} now. */
  void keep(AgentId agent, Held held) {
    boolean found = held.answer instanceof Answer.Found;
    (found ? absent : known).remove(agent);
    (found ? known : absent).put(agent, held);
  }

  /** The keys of {@code agent} as they were read last, however long ago. */
  DerivedKeys keys(AgentId agent) {
    Held found = known.get(agent);
    return found == null ? DerivedKeys.NONE : found.keys;
  }

  /** Notes that a MAC under {@code key} held. */
  void proved(AgentId agent, KeyId key) {
    known.computeIfPresent(
        agent, (_, found) -> Held.found(found.keys.withProved(key), found.readAtNanos));
  }

  /** How many agents are held. */
  int size() {
    return known.size();
  }
}
