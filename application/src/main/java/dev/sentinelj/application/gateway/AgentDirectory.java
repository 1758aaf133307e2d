package dev.sentinelj.application.gateway;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.KeyRing;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.AgentRegistry.Lookup;
import dev.sentinelj.ports.driven.SecretVault;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Agents and their working keys, behind a short cache so that a batch costs neither a query nor a
 * key derivation.
 *
 * <p>What was read is believed for {@link #TTL}, which is how long a revocation takes at most. When
 * the registry does not answer, known agents are served for {@link #STALE}, and of others is said
 * that the registry is not reachable, never that they are unknown; nor is it said of a key that was
 * not there when the registry answered last. Unknown ids are remembered in a bounded memory of
 * their own and looked up at a limited rate, because anybody may ask for them.
 *
 * <p>Thread safe: short synchronized sections around memory, look-ups outside.
 */
public final class AgentDirectory {
  public static final Duration TTL = Duration.ofSeconds(2);
  public static final Duration STALE = Duration.ofHours(1);

  /**
   * After a failed look-up what is known is served this long before the registry is asked again.
   */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Most agents whose keys are held; the one not asked for the longest goes first. */
  public static final int MAX_KNOWN = 20_000;

  /** Most ids remembered as unknown or deleted. */
  public static final int MAX_ABSENT = 10_000;

  /**
   * Look-ups per second of ids that are not held, and of keys that a held agent lacks. Reading a
   * held agent again costs none of them: once per {@link #TTL} and agent is bound enough, and
   * whoever invents ids must not keep a revocation from being seen.
   */
  public static final int LOOKUPS_PER_SECOND = 2_000;

  /** An id that no agent has: asking for it shows that the registry answers. */
  private static final AgentId PROBE = new AgentId("registry-probe");

  private static final CompletableFuture<Answer> NOT_UNDER_WAY =
      CompletableFuture.completedFuture(new Answer.Unavailable());

  private final AgentRegistry registry;
  private final SecretVault vault;
  private final TokenBucket lookups = new TokenBucket(LOOKUPS_PER_SECOND);
  private final HeldAgents held = new HeldAgents();
  private final Map<AgentId, Now> heard = new Recent<>(MAX_KNOWN);
  private final Map<AgentId, CompletableFuture<Answer>> underWay = new HashMap<>();
  private long pausedUntilNanos;
  private boolean paused;
  private long probedAtNanos;
  private boolean probed;

  public AgentDirectory(AgentRegistry registry, SecretVault vault) {
    this.registry = registry;
    this.vault = vault;
  }

  /** What is known under an id. */
  public sealed interface Answer {
    /** An agent with its keys. */
    record Found(Keys keys) implements Answer {}

    record Deleted(long atMillis) implements Answer {}

    record Unknown() implements Answer {}

    /** The registry is not reachable, and nothing recent enough is held. */
    record Unavailable() implements Answer {}

    /** Too many look-ups at once. */
    record Throttled() implements Answer {}
  }

  /**
   * @param ring working keys
   * @param proved every key id of the agent, and whether a MAC under it held before
   * @param version what the agent said of itself last
   */
  public record Keys(KeyRing ring, Map<KeyId, Boolean> proved, String version) {
    public boolean knows(KeyId id) {
      return proved.containsKey(id);
    }
  }

  /** What is known of {@code agent}, at most {@link #TTL} old. The stage never fails. */
  public CompletionStage<Answer> find(AgentId agent, Now now) {
    boolean refresh;
    synchronized (this) {
      boolean pausing = paused && now.monotonicNanos() < pausedUntilNanos;
      Optional<Answer> believed = held.believed(agent, pausing, now);
      if (believed.isPresent()) {
        return CompletableFuture.completedFuture(believed.get());
      }
      refresh = held.isKnown(agent);
    }
    return lookUp(agent, refresh, now).thenApply(answer -> orHeld(agent, answer, now));
  }

  /**
   * As {@link #find}, for whoever met {@code keys}: a key that is not known yet may have been made
   * in this very second, so the registry is asked anew. The stage never fails.
   */
  public CompletionStage<Answer> find(AgentId agent, Collection<KeyId> keys, Now now) {
    return find(agent, now)
        .thenCompose(found ->
            found instanceof Answer.Found(Keys known) && !keys.stream().allMatch(known::knows)
                ? findAnew(agent, now)
                : CompletableFuture.completedFuture(found));
  }

  /**
   * What the registry says now. When it says nothing, this says that, whatever is held: what was
   * read before cannot tell that a key is unknown. The stage never fails.
   */
  public CompletionStage<Answer> findAnew(AgentId agent, Now now) {
    CompletableFuture<Answer> before;
    synchronized (this) {
      before = underWay.getOrDefault(agent, NOT_UNDER_WAY);
    }
    // what is under way already may have been read before the key was made
    return before.thenCompose(_ -> lookUp(agent, false, now));
  }

  /** Notes once per key that a MAC under it held. Call it after the MAC only. */
  public void prove(AgentId agent, KeyId key, Keys keys, Now now) {
    if (Boolean.TRUE.equals(keys.proved().get(key))) {
      return;
    }
    // a failure is made good by the next batch: until the registry says proved, each look-up asks
    // anew
    registry
        .prove(agent, key, now.wallMillis())
        .whenComplete((_, failure) -> proved(agent, key, failure));
  }

  /**
   * Notes that an agent without a session was heard, at most every {@link
   * SessionDirectory#HEARD_EVERY_MILLIS}. Call it after the MAC only.
   */
  void heard(AgentId agent, Now now) {
    synchronized (this) {
      Now last = heard.get(agent);
      if (last != null && now.millisSince(last) < SessionDirectory.HEARD_EVERY_MILLIS) {
        return;
      }
      heard.put(agent, now);
    }
    // only shown to operators: a note that is lost is made again in ten seconds
    registry.heard(agent, "", now.wallMillis()).whenComplete((_, _) -> {});
  }

  /** Asks the registry for a sign of life when nothing else did within a second. */
  public void poll(Now now) {
    synchronized (this) {
      if (probed && now.monotonicNanos() - probedAtNanos < PAUSE.toNanos()) {
        return;
      }
    }
    lookUp(PROBE, true, now);
  }

  /** Whether the registry answered when it was last asked. */
  public synchronized boolean usable() {
    return !paused;
  }

  public synchronized int size() {
    return held.size();
  }

  /**
   * What the registry answers, or that it did not.
   *
   * @param free whether something else than the rate bounds how often this is asked
   */
  private CompletionStage<Answer> lookUp(AgentId agent, boolean free, Now now) {
    CompletableFuture<Answer> mine = new CompletableFuture<>();
    synchronized (this) {
      CompletableFuture<Answer> others = underWay.get(agent);
      if (others != null) {
        return others;
      }
      if (!free && !lookups.tryTake(now)) {
        return CompletableFuture.completedFuture(new Answer.Throttled());
      }
      underWay.put(agent, mine);
      probed = true;
      probedAtNanos = now.monotonicNanos();
    }
    ask(agent)
        .whenComplete((lookup, failure) -> mine.complete(settle(agent, lookup, failure, now)));
    return mine;
  }

  private synchronized Answer orHeld(AgentId agent, Answer answer, Now now) {
    return answer instanceof Answer.Unavailable ? held.stale(agent, now).orElse(answer) : answer;
  }

  private CompletionStage<Lookup> ask(AgentId agent) {
    try {
      return registry.find(agent);
    } catch (PortUnavailableException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private Answer settle(
      AgentId agent, @Nullable Lookup lookup, @Nullable Throwable failure, Now asked) {
    Optional<HeldAgents.Held> read =
        lookup == null || failure != null ? Optional.empty() : read(agent, lookup, asked);
    synchronized (this) {
      underWay.remove(agent);
      paused = read.isEmpty();
      if (read.isEmpty()) {
        pausedUntilNanos = asked.monotonicNanos() + PAUSE.toNanos();
        return new Answer.Unavailable();
      }
      held.keep(agent, read.get());
      return read.get().answer();
    }
  }

  /** Empty when our own key store is at fault: the agent must not hear that it is unknown. */
  private Optional<HeldAgents.Held> read(AgentId agent, Lookup lookup, Now asked) {
    long readAt = asked.monotonicNanos();
    try {
      return Optional.of(
          switch (lookup) {
            case Lookup.Known(AgentRegistry.RegisteredAgent registered) ->
                HeldAgents.Held.found(DerivedKeys.of(registered, keys(agent), vault), readAt);
            case Lookup.Deleted(long at) -> HeldAgents.Held.absent(new Answer.Deleted(at), readAt);
            case Lookup.Unknown() -> HeldAgents.Held.absent(new Answer.Unknown(), readAt);
          });
    } catch (SecretVault.UnreadableSecretException _) {
      return Optional.empty();
    }
  }

  private synchronized DerivedKeys keys(AgentId agent) {
    return held.keys(agent);
  }

  private synchronized void proved(AgentId agent, KeyId key, @Nullable Throwable failure) {
    if (failure == null) {
      held.proved(agent, key);
    }
  }
}
