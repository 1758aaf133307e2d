package dev.sentinelj.core.batch;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.MacTag;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;

/**
 * A batch as it was signed at the agent and as it travels to the database: header and body as
 * bytes, never serialised again, with the MAC over the header. Nothing here is verified yet.
 *
 * <p>Stored form (log, bus, journal): short bytes header, text key id, 32 bytes content MAC, long
 * bytes body.
 */
public final class SignedBatch {
  private final BatchHeader header;
  private final byte[] headerBytes;
  private final byte[] body;
  private final KeyId contentKey;
  private final MacTag contentMac;

  private SignedBatch(
      BatchHeader header, byte[] headerBytes, byte[] body, KeyId contentKey, MacTag contentMac) {
    this.header = header;
    this.headerBytes = headerBytes;
    this.body = body;
    this.contentKey = contentKey;
    this.contentMac = contentMac;
  }

  /**
   * @throws MalformedException when {@code headerBytes} is no header
   * @throws BatchHeader.UnsupportedVersionException when it is one of another version
   */
  public static SignedBatch of(
      byte[] headerBytes, byte[] body, KeyId contentKey, MacTag contentMac) {
    return new SignedBatch(
        BatchHeader.parse(headerBytes), headerBytes.clone(), body.clone(), contentKey, contentMac);
  }

  public BatchHeader header() {
    return header;
  }

  public BatchId id() {
    return header.id();
  }

  public byte[] headerBytes() {
    return headerBytes.clone();
  }

  /** SHA-256 of the header: what the ledger compares. */
  public Sha256 contentHash() {
    return Sha256.of(headerBytes);
  }

  public byte[] body() {
    return body.clone();
  }

  public int bodyLength() {
    return body.length;
  }

  /** Whether the body is the one the header names. */
  public boolean bodyMatches() {
    return Sha256.of(body).equals(header.bodyHash());
  }

  public KeyId contentKey() {
    return contentKey;
  }

  public MacTag contentMac() {
    return contentMac;
  }

  public void writeTo(WireWriter out) {
    out.shortBytes(headerBytes).text(contentKey.value()).raw(contentMac.toBytes()).longBytes(body);
  }

  /**
   * @throws MalformedException when the bytes are not a stored batch
   * @throws BatchHeader.UnsupportedVersionException when its header has another version
   */
  public static SignedBatch readFrom(WireReader in) {
    byte[] header = in.shortBytes("header");
    KeyId key = KeyId.parse(in.text("content key id", KeyId.MAX_BYTES));
    MacTag mac = MacTag.of(in.raw(MacTag.BYTES, "content mac"));
    byte[] body = in.longBytes("body");
    return new SignedBatch(BatchHeader.parse(header), header, body, key, mac);
  }

  @Override
  public String toString() {
    return "SignedBatch[" + header.id() + ", " + body.length + " bytes]";
  }
}
