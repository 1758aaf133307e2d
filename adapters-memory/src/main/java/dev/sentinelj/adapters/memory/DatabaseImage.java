package dev.sentinelj.adapters.memory;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What an {@link InMemoryDatabase} held at one moment, as a backup of it; it never changes. */
public final class DatabaseImage {
  private final List<Runnable> tables;
  private final Map<Long, SampleList> samples = new HashMap<>();

  DatabaseImage(InMemoryDatabase database) {
    this.tables = database.tables().stream().map(Table::image).toList();
    database.samples.forEach((series, list) -> samples.put(series, list.copy()));
  }

  /** Puts everything back. Called under the lock of {@code database}. */
  void putBack(InMemoryDatabase database) {
    tables.forEach(Runnable::run);
    database.samples.clear();
    samples.forEach((series, list) -> database.samples.put(series, list.copy()));
  }
}
