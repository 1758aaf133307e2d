package dev.sentinelj.application.gateway;

import java.util.LinkedHashMap;
import java.util.Map;

/** A map of a bounded size: the key that was not asked for the longest goes first. */
final class Recent<K, V> extends LinkedHashMap<K, V> {
  private static final long serialVersionUID = 1L;

  private final int limit;

  Recent(int limit) {
    super(16, 0.75f, true);
    this.limit = limit;
  }

  @Override
  protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
    return size() > limit;
  }
}
