package dev.sentinelj.bench;

import dev.sentinelj.core.ingest.RawSubmission;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a gateway cannot do without: the MACs of header and envelope, the hashes of header and body,
 * and the MAC of the frame, which covers all of them once more but for the envelope. One key for
 * all, so that no key is ever set up.
 */
final class HashFloor {
  private final Mac mac;
  private final MessageDigest digest;
  private int blackhole;

  HashFloor() {
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(new byte[32], "HmacSHA256"));
      digest = MessageDigest.getInstance("SHA-256");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform lacks HmacSHA256 or SHA-256", e);
    }
  }

  void hash(List<RawSubmission> chunk) {
    for (RawSubmission raw : chunk) {
      blackhole += mac.doFinal(raw.header())[0];
      blackhole += mac.doFinal(raw.envelope())[0];
      blackhole += digest.digest(raw.header())[0];
      blackhole += digest.digest(raw.body())[0];
    }
    for (RawSubmission raw : chunk) {
      mac.update(raw.header());
      mac.update(raw.body());
    }
    blackhole += mac.doFinal()[0];
  }

  /** So that nothing is optimised away. */
  int blackhole() {
    return blackhole;
  }
}
