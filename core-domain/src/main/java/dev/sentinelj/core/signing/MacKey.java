package dev.sentinelj.core.signing;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One derived key: HMAC-SHA256 (RFC 2104) under 32 bytes of HKDF-SHA256 (RFC 5869) with an empty
 * salt and the purpose as info. Thread safe.
 */
public final class MacKey {
  private static final String HMAC = "HmacSHA256";

  private final Mac prototype;

  private MacKey(Mac prototype) {
    this.prototype = prototype;
  }

  public static MacKey derive(Secret secret, Purpose purpose) {
    try {
      KDF hkdf = KDF.getInstance("HKDF-SHA256");
      HKDFParameterSpec how =
          HKDFParameterSpec.ofExtract()
              .addIKM(new SecretKeySpec(secret.reveal(), "Generic"))
              .thenExpand(purpose.info().getBytes(StandardCharsets.UTF_8), 32);
      SecretKey key = hkdf.deriveKey(HMAC, how);
      Mac mac = Mac.getInstance(HMAC);
      mac.init(key);
      return new MacKey(mac);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java platform lacks HKDF-SHA256 or HmacSHA256", e);
    }
  }

  /** The MAC of the concatenation of {@code parts}. */
  public MacTag sign(byte[]... parts) {
    Mac mac = fresh();
    for (byte[] part : parts) {
      mac.update(part);
    }
    return MacTag.of(mac.doFinal());
  }

  /** The MAC of the first {@code length} of {@code bytes}. */
  public MacTag signFirst(byte[] bytes, int length) {
    Mac mac = fresh();
    mac.update(bytes, 0, length);
    return MacTag.of(mac.doFinal());
  }

  /**
   * Whether {@code tag} is the MAC of {@code parts}, in a time that does not depend on the answer.
   */
  public boolean verifies(MacTag tag, byte[]... parts) {
    return sign(parts).equals(tag);
  }

  private Mac fresh() {
    try {
      return (Mac) prototype.clone();
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("the platform's HmacSHA256 cannot be copied", e);
    }
  }

  @Override
  public String toString() {
    return "MacKey[***]";
  }
}
