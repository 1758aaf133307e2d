package dev.sentinelj.adapters.memory;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Committed rows under their keys, in order. Values are never changed in place. */
final class Table<K, V> {
  private final Comparator<K> order;
  private final NavigableMap<K, V> rows;

  Table(Comparator<K> order) {
    this.order = order;
    this.rows = new TreeMap<>(order);
  }

  /** The committed rows. */
  NavigableMap<K, V> rows() {
    return rows;
  }

  /** Puts the rows back as they are now. */
  Runnable image() {
    NavigableMap<K, V> copy = new TreeMap<>(rows);
    return () -> {
      rows.clear();
      rows.putAll(copy);
    };
  }

  Staged stage() {
    return new Staged();
  }

  /**
   * The rows as one transaction sees and changes them; the table changes with {@link #apply} only.
   */
  final class Staged {
    private final NavigableMap<K, V> written = new TreeMap<>(order);
    private final Set<K> removed = new HashSet<>();

    @Nullable V get(K key) {
      V own = written.get(key);
      if (own != null) {
        return own;
      }
      return removed.contains(key) ? null : rows.get(key);
    }

    V getOr(K key, V otherwise) {
      V found = get(key);
      return found == null ? otherwise : found;
    }

    void put(K key, V value) {
      removed.remove(key);
      written.put(key, value);
    }

    void remove(K key) {
      written.remove(key);
      removed.add(key);
    }

    /** Values with {@code from <= key <= to}, in order of key. */
    List<V> between(K from, K to) {
      NavigableMap<K, V> seen = new TreeMap<>(rows.subMap(from, true, to, true));
      seen.keySet().removeIf(removed::contains);
      seen.putAll(written.subMap(from, true, to, true));
      return new ArrayList<>(seen.values());
    }

    /** Everything, in order of key. */
    NavigableMap<K, V> all() {
      NavigableMap<K, V> seen = new TreeMap<>(rows);
      seen.keySet().removeIf(removed::contains);
      seen.putAll(written);
      return seen;
    }

    /** Changes every row that was written. */
    void rewrite(UnaryOperator<V> change) {
      written.replaceAll((key, value) -> change.apply(value));
    }

    void apply() {
      rows.keySet().removeAll(removed);
      rows.putAll(written);
    }
  }
}
