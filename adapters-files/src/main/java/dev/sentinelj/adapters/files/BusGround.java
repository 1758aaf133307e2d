package dev.sentinelj.adapters.files;

import dev.sentinelj.core.wal.SegmentHeader;
import dev.sentinelj.ports.PortUnavailableException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.OptionalLong;

/**
 * What a bus stands on: its directory, locked, who it is, and what its segments hold.
 *
 * <p>Queues whose end is missing get a generation of their own, so that readers start over and
 * senders learn that what they were acknowledged may be gone.
 */
record BusGround(
    DirectoryLock lock, NioSegmentFiles files, BusIdentity identity, BusRecovery found) {

  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * What stands in {@code directory}, which {@code lock} keeps others out of.
   *
   * @throws UnusablePathException when it is damaged
   * @throws IllegalStateException when it was made with another number of partitions
   */
  static BusGround of(Path directory, DirectoryLock lock, BusConfig config) throws IOException {
    NioSegmentFiles files = new NioSegmentFiles(directory);
    BusIdentity identity = identity(directory, files, config.partitions());
    BusRecovery found = BusRecovery.of(files, identity);
    if (identity.hadSegment() && !found.any()) {
      identity.raise(identity.queues()); // there always is a segment: somebody took them away
    } else {
      identity.raise(
          identity.queues().stream().filter(queue -> found.lacksEnd(identity, queue)).toList());
    }
    return new BusGround(lock, files, identity, found);
  }

  /**
   * Takes {@code directory} once more, after what stood there was found to be another one than
   * {@code before}, or none, or damaged. All queues get a generation above every one given out.
   *
   * @throws PortUnavailableException when it cannot be had now
   */
  static BusGround retake(Path directory, BusConfig config, BusIdentity before) {
    if (!Files.isDirectory(AtomicFiles.directoryOf(directory))) {
      throw new PortUnavailableException(
          "the directory of the bus was removed, and the one it was in");
    }
    try {
      return DirectoryLock.open(
          directory,
          lock -> {
            BusGround ground = of(directory, lock, config);
            ground.identity().raiseAbove(before);
            return ground;
          });
    } catch (UnusablePathException | IllegalStateException e) {
      throw new PortUnavailableException("taking the bus where another directory stands now", e);
    }
  }

  /** Segments that lost their identity file keep their messages, under a new generation. */
  private static BusIdentity identity(Path directory, SegmentFiles files, int partitions)
      throws IOException {
    var known = BusIdentity.in(directory, partitions);
    if (known.isPresent()) {
      return known.get();
    }
    OptionalLong creation = creationOfSegments(files);
    BusIdentity made = BusIdentity.of(directory, partitions, creation.orElseGet(RANDOM::nextLong));
    made.raise(creation.isPresent() ? made.queues() : List.of());
    return made;
  }

  private static OptionalLong creationOfSegments(SegmentFiles files) throws IOException {
    List<String> newestFirst =
        files.list().stream()
            .filter(name -> SegmentNames.number(name).isPresent())
            .sorted((one, other) -> other.compareTo(one))
            .toList();
    for (String name : newestFirst) {
      ByteBuffer bytes = SalvagedBytes.read(files, name, 0, SegmentHeader.BYTES);
      var header = SegmentHeader.parse(bytes).filter(one -> one.version() == SegmentHeader.VERSION);
      if (header.isPresent()) {
        return OptionalLong.of(header.get().epoch());
      }
    }
    return OptionalLong.empty();
  }
}
