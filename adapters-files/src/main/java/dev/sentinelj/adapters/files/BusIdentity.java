package dev.sentinelj.adapters.files;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.FrameAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What makes a bus directory this one: a random number made with it, its number of partitions, the
 * generation of each queue and, while the bus is closed, where each queue ends. Kept in {@value
 * #FILE}, replaced as a whole.
 */
final class BusIdentity {
  static final String FILE = "bus.properties";
  private static final long FIRST_GENERATION = 1;

  private final Path file;
  private final long creation;
  private final int partitions;
  private final Map<FrameAddress, Long> generations;
  private final Map<FrameAddress, End> ends = new HashMap<>();
  private boolean hadSegment;
  private Optional<Object> key = Optional.empty();

  /** The last message of a queue. */
  record End(long sequence, long stampMillis) {}

  private BusIdentity(
      Path file, long creation, int partitions, Map<FrameAddress, Long> generations) {
    this.file = file;
    this.creation = creation;
    this.partitions = partitions;
    this.generations = generations;
  }

  /** A new one, not yet saved. */
  static BusIdentity of(Path directory, int partitions, long creation) {
    return new BusIdentity(directory.resolve(FILE), creation, partitions, new HashMap<>());
  }

  /**
   * The one in {@code directory}; empty when there is none.
   *
   * @throws UnusablePathException when it is damaged
   * @throws IllegalStateException when it is of another number of partitions
   */
  static Optional<BusIdentity> in(Path directory, int partitions) throws IOException {
    Path file = directory.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
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
    return Optional.of(found);
  }

  private static BusIdentity read(Path file) throws IOException {
    Optional<Object> key = keyOf(file);
    Map<String, String> values = ConfigFile.read(file);
    try {
      long creation = HexFormat.fromHexDigitsToLong(required(file, values, "creation"));
      int partitions = Integer.parseInt(required(file, values, "partitions"));
      BusIdentity identity = new BusIdentity(file, creation, partitions, new HashMap<>());
      for (FrameAddress address : identity.queues()) {
        String generation = values.getOrDefault("generation." + name(address), "");
        if (!generation.isEmpty()) {
          identity.generations.put(address, Long.parseLong(generation));
        }
        String[] end = values.getOrDefault("end." + name(address), "").split("@", -1);
        if (end.length == 2) {
          identity.ends.put(address, new End(Long.parseLong(end[0]), Long.parseLong(end[1])));
        }
      }
      identity.hadSegment = Boolean.parseBoolean(values.getOrDefault("begun", "false"));
      identity.key = key;
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

  private static String name(FrameAddress address) {
    return address.partition() + "." + address.lane().name().toLowerCase(Locale.ROOT);
  }

  /** All queues there are. */
  List<FrameAddress> queues() {
    return IntStream.range(0, partitions)
        .boxed()
        .flatMap(p -> Arrays.stream(Lane.values()).map(lane -> new FrameAddress(p, lane)))
        .toList();
  }

  /** Whether a first segment was ever made, so that there must be one. */
  boolean hadSegment() {
    return hadSegment;
  }

  long creation() {
    return creation;
  }

  long generation(FrameAddress address) {
    return generations.getOrDefault(address, FIRST_GENERATION);
  }

  /** Whether a queue of this name was ever another one. */
  boolean raised(FrameAddress address) {
    return generation(address) > FIRST_GENERATION;
  }

  /** Where a queue ended when the bus was last closed in order; empty when it was not. */
  Optional<End> end(FrameAddress address) {
    return Optional.ofNullable(ends.get(address));
  }

  /** The bus is open and has a segment: from now on nothing is said of ends. Durable on return. */
  void opened() throws IOException {
    hadSegment = true;
    ends.clear();
    save();
  }

  /** Durable on return. */
  void closed(Map<FrameAddress, End> where) throws IOException {
    ends.putAll(where);
    save();
  }

  /** Durable on return. */
  void raise(FrameAddress address, long generation) throws IOException {
    generations.put(address, generation);
    save();
  }

  /** These queues are others than before: something they held is gone. Durable on return. */
  void raise(List<FrameAddress> queues) throws IOException {
    queues.forEach(queue -> generations.put(queue, generation(queue) + 1));
    save();
  }

  /** All queues are others than in {@code before}, and than they were here. Durable on return. */
  void raiseAbove(BusIdentity before) throws IOException {
    for (FrameAddress queue : queues()) {
      generations.put(queue, Math.max(generation(queue), before.generation(queue)) + 1);
    }
    save();
  }

  /** Whether the file is the very one that was last read or written here. */
  boolean isStillThere() throws IOException {
    try {
      return keyOf(file).equals(key);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private void save() throws IOException {
    StringBuilder out = new StringBuilder("# identity of a file bus: do not edit\n");
    out.append("creation = ").append(HexFormat.of().toHexDigits(creation)).append('\n');
    out.append("partitions = ").append(partitions).append('\n');
    out.append("begun = ").append(hadSegment).append('\n');
    Map<String, String> sorted = new TreeMap<>();
    generations.forEach(
        (queue, generation) -> sorted.put("generation." + name(queue), generation.toString()));
    ends.forEach(
        (queue, end) -> sorted.put("end." + name(queue), end.sequence() + "@" + end.stampMillis()));
    sorted.forEach((name, value) -> out.append(name).append(" = ").append(value).append('\n'));
    AtomicFiles.write(file, out.toString().getBytes(StandardCharsets.UTF_8));
    key = keyOf(file);
  }

  /** Device, inode and time of the last write: an inode alone is soon given to another file. */
  private static Optional<Object> keyOf(Path file) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
    return Optional.of(
        List.of(
            Optional.ofNullable(attributes.fileKey()),
            attributes.lastModifiedTime(),
            attributes.size()));
  }
}
