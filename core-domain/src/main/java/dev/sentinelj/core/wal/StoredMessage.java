package dev.sentinelj.core.wal;

import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;

/**
 * A message of the bus as it stands in a record.
 *
 * <p>Layout: u16 partition, u8 lane, i64 sequence, i64 stamp millis, text message id, long bytes.
 *
 * @param sequence within its queue, from 1
 * @param stampMillis when the bus took it, milliseconds since the Unix epoch
 */
public record StoredMessage(
    FrameAddress address, long sequence, long stampMillis, String messageId, byte[] bytes) {
  /** No id is longer in UTF-8. */
  public static final int MAX_ID_BYTES = 2_048;

  public byte[] toBytes() {
    return new WireWriter(bytes.length + 64)
        .u16(address.partition())
        .u8(address.lane().code())
        .i64(sequence)
        .i64(stampMillis)
        .text(messageId)
        .longBytes(bytes)
        .toBytes();
  }

  /**
   * @throws MalformedException when {@code bytes} is no message
   */
  public static StoredMessage parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    try {
      FrameAddress address = new FrameAddress(in.u16("partition"), Lane.ofCode(in.u8("lane")));
      StoredMessage message =
          new StoredMessage(
              address,
              in.i64("sequence"),
              in.i64("stamp"),
              in.text("message id", MAX_ID_BYTES),
              in.longBytes("message"));
      in.end();
      return message;
    } catch (IllegalArgumentException e) {
      throw new MalformedException(String.valueOf(e.getMessage()), e);
    }
  }
}
