package dev.sentinelj.adapters.files;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.FrameAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * What makes a bus directory this one: a random number made with it, its number of partitions, and
 * the generation of each queue. Kept in {@value #FILE}, replaced as a whole.
 */
final class BusIdentity {
  static final String FILE = "bus.properties";
  private static final long FIRST_GENERATION = 1;

  private final Path file;
  private final long creation;
  private final int partitions;
  private final Map<FrameAddress, Long> generations;
  private boolean hadSegment;

  private BusIdentity(
      Path file, long creation, int partitions, Map<FrameAddress, Long> generations) {
    this.file = file;
    this.creation = creation;
    this.partitions = partitions;
    this.generations = generations;
  }

  static BusIdentity openOrCreate(Path directory, int partitions, LongSupplier newCreation)
      throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      BusIdentity made =
          new BusIdentity(file, newCreation.getAsLong(), partitions, new HashMap<>());
      made.save();
      return made;
    }
    BusIdentity found = read(file);
    if (found.partitions != partitions) {
      throw new IllegalStateException(
          directory
              + " was made with "
              + found.partitions
              + " partitions and cannot be opened with "
              + partitions
              + ": set partitions to "
              + found.partitions);
    }
    return found;
  }

  private static BusIdentity read(Path file) throws IOException {
    Map<String, String> values = ConfigFile.read(file);
    try {
      long creation = HexFormat.fromHexDigitsToLong(required(file, values, "creation"));
      int partitions = Integer.parseInt(required(file, values, "partitions"));
      Map<FrameAddress, Long> generations = new HashMap<>();
      for (int partition = 0; partition < partitions; partition++) {
        for (Lane lane : Lane.values()) {
          FrameAddress address = new FrameAddress(partition, lane);
          String value = values.getOrDefault(key(address), "");
          if (!value.isEmpty()) {
            generations.put(address, Long.parseLong(value));
          }
        }
      }
      BusIdentity identity = new BusIdentity(file, creation, partitions, generations);
      identity.hadSegment = Boolean.parseBoolean(values.getOrDefault("begun", "false"));
      return identity;
    } catch (IllegalArgumentException e) {
      throw new UnusablePathException(
          file + " is damaged: restore it, or move the directory away", e);
    }
  }

  private static String required(Path file, Map<String, String> values, String key) {
    String value = values.getOrDefault(key, "");
    if (value.isEmpty()) {
      throw new UnusablePathException(
          file + " has no " + key + ": restore it, or move the directory away");
    }
    return value;
  }

  private static String key(FrameAddress address) {
    return "generation."
        + address.partition()
        + "."
        + address.lane().name().toLowerCase(Locale.ROOT);
  }

  /** Whether a first segment was ever made, so that there must be one. */
  boolean hadSegment() {
    return hadSegment;
  }

  /** Durable on return. */
  void noteSegment() throws IOException {
    if (!hadSegment) {
      hadSegment = true;
      save();
    }
  }

  long creation() {
    return creation;
  }

  long generation(FrameAddress address) {
    return generations.getOrDefault(address, FIRST_GENERATION);
  }

  /** Durable on return. */
  void raise(FrameAddress address, long generation) throws IOException {
    generations.put(address, generation);
    save();
  }

  /** All queues are others than before: what they held is gone. Durable on return. */
  void raiseAll() throws IOException {
    for (int partition = 0; partition < partitions; partition++) {
      for (Lane lane : Lane.values()) {
        FrameAddress address = new FrameAddress(partition, lane);
        generations.put(address, generation(address) + 1);
      }
    }
    save();
  }

  private void save() throws IOException {
    StringBuilder out = new StringBuilder("# identity of a file bus: do not edit\n");
    out.append("creation = ").append(HexFormat.of().toHexDigits(creation)).append('\n');
    out.append("partitions = ").append(partitions).append('\n');
    out.append("begun = ").append(hadSegment).append('\n');
    Map<String, Long> sorted = new TreeMap<>();
    generations.forEach((address, generation) -> sorted.put(key(address), generation));
    sorted.forEach((key, value) -> out.append(key).append(" = ").append(value).append('\n'));
    AtomicFiles.write(file, out.toString().getBytes(StandardCharsets.UTF_8));
  }
}
