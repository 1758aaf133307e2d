package dev.sentinelj.adapters.timescale;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import java.sql.Connection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What is known of series sets: their definitions, which many agents share, and per agent the ids
 * of their series. Bounded; what was used longest ago goes first. It holds committed things only: a
 * transaction keeps what it finds to itself until then. One owner.
 */
final class SeriesCatalog {
  /** Most series in cached definitions, about 500 bytes each. */
  static final int MAX_CACHED_SERIES = 200_000;

  /** Most cached ids, 8 bytes each. */
  static final int MAX_CACHED_IDS = 4_000_000;

  /** Most cached keys of sets that agents brought, about 150 bytes each. */
  static final int MAX_CACHED_KEYS = 100_000;

  private final Lru<Sha256, SeriesSet> definitions = new Lru<>(MAX_CACHED_SERIES, SeriesSet::size);
  private final Lru<Key, long[]> ids = new Lru<>(MAX_CACHED_IDS, array -> array.length);

  private final Lru<Key, Key> brought = new Lru<>(MAX_CACHED_KEYS, _ -> 1);

  /** A set as one agent uses it. */
  record Key(AgentId agent, Sha256 set) {}

  /** What a transaction on {@code connection} sees and adds. */
  SeriesLookup begin(Connection connection) {
    return new SeriesLookup(this, connection);
  }

  /**
   * The definition, if this agent is known to have brought it. Ids do not say so: the series may
   * have come spelled out.
   */
  @Nullable SeriesSet definition(Key key) {
    return brought.get(key) == null ? null : definitions.get(key.set());
  }

  long @Nullable [] ids(Key key) {
    return ids.get(key);
  }

  void publish(Map<Key, SeriesSet> sets, Map<Key, long[]> found) {
    sets.forEach((key, set) -> {
      definitions.put(key.set(), set);
      brought.put(key, key);
    });
    found.forEach(ids::put);
  }

  void clear() {
    definitions.clear();
    brought.clear();
    ids.clear();
  }

  /** A map that forgets what was used longest ago when the weights of its values exceed a limit. */
  private static final class Lru<K, V> {
    private final LinkedHashMap<K, V> entries = new LinkedHashMap<>(16, 0.75f, true);
    private final int limit;
    private final ToIntFunction<V> weight;
    private int total;

    Lru(int limit, ToIntFunction<V> weight) {
      this.limit = limit;
      this.weight = weight;
    }

    @Nullable V get(K key) {
      return entries.get(key);
    }

    void put(K key, V value) {
      V former = entries.put(key, value);
      total += weight.applyAsInt(value) - (former == null ? 0 : weight.applyAsInt(former));
      Iterator<V> oldest = entries.values().iterator();
      while (total > limit && oldest.hasNext()) {
        total -= weight.applyAsInt(oldest.next());
        oldest.remove();
      }
    }

    void clear() {
      entries.clear();
      total = 0;
    }
  }
}
