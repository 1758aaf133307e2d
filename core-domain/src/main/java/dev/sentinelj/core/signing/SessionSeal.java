package dev.sentinelj.core.signing;

/**
 * Numbers and signs the messages of one direction of a session, or checks them: each MAC covers the
 * domain string {@value #DOMAIN}, u8 version 1, the session's nonce behind a 16-bit length, the i64
 * counter and the payload. Counters run from 0 without gaps, so a message can be neither replayed,
 * nor moved to another session, nor left out.
 *
 * <p>Not thread safe: one owner per direction.
 */
public final class SessionSeal {
  public static final String DOMAIN = "sentinel/seal";

  private final MacKey key;
  private final byte[] nonce;
  private long next;

  /**
   * @param key the {@link Purpose#UPLINK} or {@link Purpose#DOWNLINK} key of the agent
   * @param nonce on a stream the agent's nonce followed by the server's; on a unary call or an HTTP
   *     request the 32 bytes of the request's envelope MAC
   */
  public SessionSeal(MacKey key, byte[] nonce) {
    this.key = key;
    this.nonce = nonce.clone();
  }

  /** A message with its number and MAC. */
  public record Sealed(long counter, byte[] payload, MacTag mac) {}

  public Sealed seal(byte[] payload) {
    long counter = next++;
    return new Sealed(counter, payload, SigningPolicy.sealMac(key, nonce, counter, payload));
  }

  /** Whether this is the next message of the direction; only then does the counter move. */
  public boolean opens(Sealed message) {
    MacTag expected = SigningPolicy.sealMac(key, nonce, message.counter(), message.payload());
    boolean holds = message.mac().equals(expected) && message.counter() == next;
    if (holds) {
      next++;
    }
    return holds;
  }
}
