package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.SegmentScan;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What may happen to the directory of a bus. */
record BusFiles(Path bus, Path scratch) {
  static final int RECORDS_CUT = 12;

  /** Takes the newest records off the newest segment. */
  void cut() throws IOException {
    Path segment = newestSegment();
    long keep = cutAt(segment);
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      channel.truncate(keep);
    }
  }

  /** Writes zeros over them. */
  void zero() throws IOException {
    Path segment = newestSegment();
    long keep = cutAt(segment);
    try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
      long size = channel.size();
      channel.truncate(keep);
      channel.write(ByteBuffer.allocate(1), size - 1);
    }
  }

  private static long cutAt(Path segment) throws IOException {
    List<RecordFrame> records =
        SegmentScan.of(ByteBuffer.wrap(Files.readAllBytes(segment))).records();
    assertThat(records).hasSizeGreaterThan(RECORDS_CUT);
    return records.get(records.size() - RECORDS_CUT).offset();
  }

  private Path newestSegment() throws IOException {
    try (Stream<Path> files = Files.list(bus)) {
      return files
          .filter(file -> file.toString().endsWith(".seg"))
          .max(Comparator.naturalOrder())
          .orElseThrow();
    }
  }

  /** A copy of it as it is now. */
  Path copy() throws IOException {
    Path copy = Files.createTempDirectory(scratch, "older");
    try (Stream<Path> files = Files.list(bus)) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  void replace(Path older) throws IOException {
    Files.move(bus, Files.createTempDirectory(scratch, "away").resolve("bus"));
    Files.move(older, bus);
  }

  void delete() throws IOException {
    try (Stream<Path> files = Files.walk(bus)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
