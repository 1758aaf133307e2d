package dev.sentinelj.core.signing;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * One sending of a batch. Made anew each time, so that a backlog of any age passes the replay
 * window.
 *
 * <p>Layout, big-endian: text {@value #DOMAIN}, u8 version 1, 32 bytes content hash, text content
 * key id, 32 bytes content MAC, i64 attempt, i64 sent_at_ms, text key id, u16 count and that many
 * 32-byte hashes of attached series sets. On the wire 32 bytes of MAC follow, made over all of it
 * with the {@link Purpose#ENVELOPE} key.
 *
 * @param attempt random per deliberate sending; only a transport's own retry repeats it
 * @param sentAtMillis milliseconds since the Unix epoch, the agent's clock plus the offset it was
 *     told
 * @param key the key that signs this envelope; the content may be signed by an older one
 * @param attached hashes of the series sets that travel beside the batch, in order
 */
public record Envelope(
    Sha256 contentHash,
    KeyId contentKey,
    MacTag contentMac,
    long attempt,
    long sentAtMillis,
    KeyId key,
    List<Sha256> attached) {
  public static final String DOMAIN = "sentinel/envelope";
  public static final int VERSION = 1;
  public static final int MAX_ATTACHED = 64;

  /** No valid envelope is longer. */
  public static final int MAX_BYTES = 4096;

  public Envelope {
    attached = List.copyOf(attached);
    if (attached.size() > MAX_ATTACHED) {
      throw new IllegalArgumentException("more than " + MAX_ATTACHED + " attached sets");
    }
  }

  /** The bytes that are signed. */
  public byte[] toBytes() {
    WireWriter out =
        WireWriter.message(DOMAIN, VERSION, 256)
            .hash(contentHash)
            .text(contentKey.value())
            .raw(contentMac.toBytes())
            .i64(attempt)
            .i64(sentAtMillis)
            .text(key.value())
            .u16(attached.size());
    attached.forEach(out::hash);
    return out.toBytes();
  }

  /** An envelope with the MAC over its bytes, not verified. */
  public record Signed(Envelope envelope, MacTag mac) {

    public byte[] toBytes() {
      byte[] bytes = envelope.toBytes();
      return new WireWriter(bytes.length + MacTag.BYTES).raw(bytes).raw(mac.toBytes()).toBytes();
    }

    /**
     * @throws MalformedException when {@code bytes} is not a signed envelope of version 1
     */
    public static Signed parse(byte[] bytes) {
      WireReader in = new WireReader(bytes);
      if (in.message(DOMAIN) != VERSION) {
        throw new MalformedException("unknown version of an envelope");
      }
      Signed signed = new Signed(read(in), MacTag.of(in.raw(MacTag.BYTES, "envelope mac")));
      in.end();
      return signed;
    }
  }

  private static Envelope read(WireReader in) {
    Sha256 hash = in.hash("content hash");
    KeyId contentKey = KeyId.parse(in.text("content key id", KeyId.MAX_BYTES));
    MacTag contentMac = MacTag.of(in.raw(MacTag.BYTES, "content mac"));
    long attempt = in.i64("attempt");
    long sentAt = in.i64("sent_at_ms");
    KeyId key = KeyId.parse(in.text("key id", KeyId.MAX_BYTES));
    int count = in.u16("attached sets");
    if (count > MAX_ATTACHED) {
      throw new MalformedException("more than " + MAX_ATTACHED + " attached sets");
    }
    List<Sha256> attached = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      attached.add(in.hash("attached set"));
    }
    return new Envelope(hash, contentKey, contentMac, attempt, sentAt, key, attached);
  }
}
