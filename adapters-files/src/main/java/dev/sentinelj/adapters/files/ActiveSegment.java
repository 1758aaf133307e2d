package dev.sentinelj.adapters.files;

import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.RecordKind;
import dev.sentinelj.core.wal.SegmentHeader;
import dev.sentinelj.core.wal.TornSeqs;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The segment that takes appends. Records are gathered in memory by {@link #add}, written together
 * by {@link #write} and made durable by {@link #sync}. Used by one thread.
 */
final class ActiveSegment {
  /** A larger buffer is not kept between groups. */
  private static final int KEPT_BUFFER = 4 << 20;

  private final SegmentFiles files;
  private final SegmentFiles.Appender appender;
  private final SegmentHeader header;
  private final int capacity;
  private ByteBuffer gathered = ByteBuffer.allocate(64 << 10);
  private int durable = SegmentHeader.BYTES;

  private ActiveSegment(
      SegmentFiles files, SegmentFiles.Appender appender, SegmentHeader header, int capacity) {
    this.files = files;
    this.appender = appender;
    this.header = header;
    this.capacity = capacity;
  }

  /**
   * Makes the file so that a crash at any point leaves either no segment or a whole, empty one:
   * under a temporary name, header, sync, rename, sync of the directory.
   *
   * @param torn what the log ever took for torn; may be empty
   */
  static ActiveSegment create(SegmentFiles files, SegmentHeader header, int capacity, TornSeqs torn)
      throws IOException {
    String name = SegmentNames.of(header.number());
    String temp = name + SegmentNames.TEMP;
    files.delete(temp);
    String left = temp;
    try {
      SegmentFiles.Appender appender = files.create(temp, capacity);
      ActiveSegment segment = new ActiveSegment(files, appender, header, capacity);
      try {
        appender.write(0, ByteBuffer.wrap(header.toBytes()));
        segment.sync(segment.writeTwice(torn));
        files.rename(temp, name);
        left = name;
        files.forceDirectory();
        return segment;
      } catch (IOException | RuntimeException | Error e) {
        segment.abandon();
        throw e;
      }
    } catch (IOException | RuntimeException | Error e) {
      drop(files, left, e);
      throw e;
    }
  }

  /** What {@link #create} writes of {@code torn}, in bytes. */
  static int sizeOf(TornSeqs torn) {
    return torn.ranges().isEmpty() ? 0 : 2 * RecordFrame.sizeOf(torn.toBytes().length);
  }

  private int writeTwice(TornSeqs torn) throws IOException {
    if (torn.ranges().isEmpty()) {
      return 0;
    }
    add(RecordKind.TORN, 0, torn.toBytes());
    add(RecordKind.TORN, 0, torn.toBytes());
    return write();
  }

  /** What nobody counts must not stay. */
  private static void drop(SegmentFiles files, String name, Throwable cause) {
    try {
      files.delete(name);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  long number() {
    return header.number();
  }

  String name() {
    return SegmentNames.of(header.number());
  }

  /** Room for records, with the seal's place kept free. */
  int room() {
    return capacity - durable - gathered.position() - RecordFrame.sizeOf(0);
  }

  /** Gathers a record and returns where it will stand. The caller has looked at {@link #room}. */
  int add(RecordKind kind, long seq, byte[] payload) {
    int size = RecordFrame.sizeOf(payload.length);
    if (gathered.remaining() < size) {
      int wanted = Math.max(gathered.position() + size, 2 * gathered.capacity());
      gathered = ByteBuffer.allocate(wanted).put(gathered.flip());
    }
    int offset = durable + gathered.position();
    RecordFrame.write(gathered, kind, seq, durable, payload);
    return offset;
  }

  /** Writes what is gathered. Returns how many bytes {@link #sync} is to make durable. */
  int write() throws IOException {
    int bytes = gathered.position();
    appender.write(durable, gathered.flip());
    gathered = gathered.capacity() > KEPT_BUFFER ? ByteBuffer.allocate(64 << 10) : gathered.clear();
    return bytes;
  }

  /** Returns when what was written is on the disk for good. */
  void sync(int bytes) throws IOException {
    appender.force();
    durable += bytes;
  }

  /**
   * Ends it orderly and gives back the space it does not need, unless another file has its name.
   */
  void seal(long nextSeq) throws IOException {
    add(RecordKind.SEAL, nextSeq, new byte[0]);
    sync(write());
    boolean own = isStillThere();
    appender.close();
    if (own) {
      files.truncate(name(), durable);
    }
  }

  /** Bytes that are on the disk for good. */
  int durable() {
    return durable;
  }

  /** Whether the file still has its name and its size. */
  boolean isStillThere() throws IOException {
    return files.isStill(name(), appender, capacity);
  }

  /** Lets go of the file without another write, as after a failure. */
  void abandon() {
    try {
      appender.close();
    } catch (IOException e) {
      // It failed before, and nothing of it is relied on.
    }
  }
}
