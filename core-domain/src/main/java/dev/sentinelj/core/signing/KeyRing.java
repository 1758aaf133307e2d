package dev.sentinelj.core.signing;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The keys of one agent: one that signs, and those that were rotated out. A rotated key may sign
 * envelopes until the grace period has passed and checks content for ever; a revoked one does
 * neither.
 */
public final class KeyRing {
  public static final Duration GRACE = Duration.ofHours(24);

  private final List<Entry> entries;

  public KeyRing(List<Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /** How a key stands. */
  public sealed interface State {
    record Current() implements State {}

    record Rotated(long atMillis) implements State {}

    record Revoked(long atMillis) implements State {}
  }

  public record Entry(AgentKey key, State state) {}

  /** The key under this name if it may still sign what is sent at {@code nowMillis}. */
  public Optional<AgentKey> forEnvelope(KeyId id, long nowMillis) {
    return find(id).filter(entry -> signs(entry.state(), nowMillis)).map(Entry::key);
  }

  /**
   * The key under this name if content that was received at {@code receivedMillis} may be signed by
   * it.
   */
  public Optional<AgentKey> forContent(KeyId id, long receivedMillis) {
    return find(id).filter(entry -> checks(entry.state(), receivedMillis)).map(Entry::key);
  }

  private Optional<Entry> find(KeyId id) {
    return entries.stream().filter(entry -> entry.key().id().equals(id)).findFirst();
  }

  private static boolean signs(State state, long nowMillis) {
    return switch (state) {
      case State.Current _ -> true;
      case State.Rotated(long at) -> nowMillis - at < GRACE.toMillis();
      case State.Revoked _ -> false;
    };
  }

  private static boolean checks(State state, long receivedMillis) {
    return switch (state) {
      case State.Current _, State.Rotated _ -> true;
      case State.Revoked(long at) -> receivedMillis < at;
    };
  }
}
