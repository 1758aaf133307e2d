package dev.sentinelj.core.frame;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.signing.MacTag;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One message of the bus. It carries a MAC under the cluster's key, because whoever can publish to
 * the broker must not be able to move time.
 *
 * <p>Layout: text {@value #DOMAIN}, u8 version 1, u16 partition, u8 lane, u8 kind; for batches
 * (kind 1) u16 count, and per entry i64 attempt, i64 sent_at_ms, the stored form of the signed
 * batch, u16 count of sets, and each set as long bytes; for a tick (kind 2) i64 second; then 32
 * bytes MAC over all before it. Partition and lane are in it so that a frame cannot be moved to
 * another queue.
 */
public sealed interface Frame {
  String DOMAIN = "sentinel/frame";
  int VERSION = 1;

  /** Gateways close a frame before it grows beyond this, unless one batch alone is larger. */
  int TARGET_BYTES = 256 * 1024;

  int MAX_ENTRIES = 4_096;

  /** Signed batches of one partition and lane, in the order the gateway took them. */
  record Batches(List<FrameEntry> entries) implements Frame {
    public Batches {
      entries = List.copyOf(entries);
      if (entries.isEmpty() || entries.size() > MAX_ENTRIES) {
        throw new IllegalArgumentException("a frame has 1 to " + MAX_ENTRIES + " batches");
      }
    }
  }

  /** Time itself: some gateway was ready to take batches in this second of the Unix epoch. */
  record Tick(long second) implements Frame {}

  /** The bytes of {@code frame} with its MAC. */
  static byte[] seal(Frame frame, FrameAddress address, MacKey clusterKey) {
    WireWriter out =
        WireWriter.message(DOMAIN, VERSION, 1024)
            .u16(address.partition())
            .u8(address.lane().code());
    switch (frame) {
      case Batches(List<FrameEntry> entries) -> writeEntries(out.u8(1), entries);
      case Tick(long second) -> out.u8(2).i64(second);
    }
    byte[] bytes = out.toBytes();
    return new WireWriter(bytes.length + MacTag.BYTES)
        .raw(bytes)
        .raw(clusterKey.sign(bytes).toBytes())
        .toBytes();
  }

  /**
   * The frame in {@code sealed}.
   *
   * @throws MalformedException when its MAC does not hold, it was sealed for another address, or it
   *     is not a frame of version 1
   */
  static Frame open(byte[] sealed, FrameAddress address, MacKey clusterKey) {
    if (sealed.length < MacTag.BYTES) {
      throw new MalformedException("cut off in frame mac");
    }
    int length = sealed.length - MacTag.BYTES;
    MacTag mac = MacTag.of(Arrays.copyOfRange(sealed, length, sealed.length));
    if (!clusterKey.signFirst(sealed, length).equals(mac)) {
      throw new MalformedException("the MAC of a frame does not hold");
    }
    return read(new WireReader(ByteBuffer.wrap(sealed, 0, length)), address);
  }

  private static Frame read(WireReader in, FrameAddress address) {
    if (in.message(DOMAIN) != VERSION) {
      throw new MalformedException("unknown version of a frame");
    }
    if (in.u16("partition") != address.partition() || in.u8("lane") != address.lane().code()) {
      throw new MalformedException("a frame sealed for another partition or lane");
    }
    Frame frame =
        switch (in.u8("kind")) {
          case 1 -> new Batches(readEntries(in));
          case 2 -> new Tick(in.i64("second"));
          default -> throw new MalformedException("unknown kind of frame");
        };
    in.end();
    return frame;
  }

  private static void writeEntries(WireWriter out, List<FrameEntry> entries) {
    out.u16(entries.size());
    for (FrameEntry entry : entries) {
      out.i64(entry.attempt()).i64(entry.sentAtMillis());
      entry.batch().writeTo(out);
      out.u16(entry.sets().size());
      entry.sets().forEach(out::longBytes);
    }
  }

  private static List<FrameEntry> readEntries(WireReader in) {
    int count = in.u16("count");
    if (count == 0 || count > MAX_ENTRIES) {
      throw new MalformedException("a frame has 1 to " + MAX_ENTRIES + " batches, not " + count);
    }
    List<FrameEntry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long attempt = in.i64("attempt");
      long sentAt = in.i64("sent_at_ms");
      SignedBatch batch = SignedBatch.readFrom(in);
      entries.add(new FrameEntry(batch, attempt, sentAt, readSets(in)));
    }
    return entries;
  }

  private static List<byte[]> readSets(WireReader in) {
    int count = in.u16("sets");
    List<byte[]> sets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sets.add(in.longBytes("set"));
    }
    return sets;
  }
}
