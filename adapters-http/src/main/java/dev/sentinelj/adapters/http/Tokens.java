package dev.sentinelj.adapters.http;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.jwt.JwtHmacKey;
import com.google.crypto.tink.jwt.JwtHmacParameters;
import com.google.crypto.tink.jwt.JwtMac;
import com.google.crypto.tink.jwt.JwtMacConfig;
import com.google.crypto.tink.jwt.JwtValidator;
import com.google.crypto.tink.jwt.RawJwt;
import com.google.crypto.tink.jwt.VerifiedJwt;
import com.google.crypto.tink.util.SecretBytes;
import dev.sentinelj.core.access.Password;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.signing.Secret;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;

/**
 * JSON Web Tokens (RFC 7519, under the advice of RFC 8725): HS256 bound to one key, a type and an
 * audience of their own for programs and for browsers, fifteen minutes.
 */
final class Tokens {
  static final Duration LIFE = Duration.ofMinutes(15);

  /** A browser logs in again after this time, however busy it was. */
  static final Duration SESSION_LIFE = Duration.ofHours(12);

  static final String ISSUER = "sentinelj";
  static final String TYPE = "at+jwt";
  static final String API = "sentinelj-api";
  static final String BROWSER = "sentinelj-browser";

  /** How far ahead of this clock a token may have been issued. */
  private static final Duration SKEW = Duration.ofSeconds(60);

  private final JwtMac mac;
  private final RandomGenerator random;

  Tokens(Secret key, RandomGenerator random) {
    this.mac = mac(key);
    this.random = random;
  }

  /** What a program shows as its bearer token. */
  String access(Principal principal, long nowMillis) {
    Instant now = Instant.ofEpochMilli(nowMillis);
    return sign(claims(principal, API, now).setExpiration(now.plus(LIFE)).build());
  }

  /** Who a bearer token stands for; empty whatever is wrong with it. */
  Optional<Principal> readAccess(String token, long nowMillis) {
    return verify(token, API, nowMillis).flatMap(Tokens::principal);
  }

  Session newSession(Principal principal, long nowMillis) {
    long second = Math.floorDiv(nowMillis, 1000);
    return new Session(principal, Password.random(random), second, second);
  }

  /** What a browser keeps of {@code session}, as of now. */
  String cookie(Session session, long nowMillis) {
    Instant now = Instant.ofEpochMilli(nowMillis);
    Instant end = Instant.ofEpochSecond(session.sinceSeconds()).plus(SESSION_LIFE);
    Instant expiry = now.plus(LIFE).isBefore(end) ? now.plus(LIFE) : end;
    return sign(
        claims(session.principal(), BROWSER, now)
            .addStringClaim("sid", session.id())
            .addNumberClaim("since", session.sinceSeconds())
            .setExpiration(expiry)
            .build());
  }

  /** The session of a cookie; empty whatever is wrong with it. */
  Optional<Session> readSession(String cookie, long nowMillis) {
    return verify(cookie, BROWSER, nowMillis).flatMap(Tokens::session);
  }

  private RawJwt.Builder claims(Principal principal, String audience, Instant now) {
    return RawJwt.newBuilder()
        .setTypeHeader(TYPE)
        .setIssuer(ISSUER)
        .setAudience(audience)
        .setSubject(principal.name())
        .setJwtId(Password.random(random))
        .setIssuedAt(now)
        .addStringClaim("role", principal.role().word());
  }

  private String sign(RawJwt jwt) {
    try {
      return mac.computeMacAndEncode(jwt);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing a token", e);
    }
  }

  private Optional<VerifiedJwt> verify(String token, String audience, long nowMillis) {
    if (token.length() > HttpLimits.MAX_CREDENTIAL_CHARS) {
      return Optional.empty();
    }
    try {
      VerifiedJwt jwt = mac.verifyMacAndDecode(token, validator(audience, nowMillis));
      // The skew is for iat alone: an expired token is expired to the second.
      boolean live = Instant.ofEpochMilli(nowMillis).isBefore(jwt.getExpiration());
      return live && isOneObject(token) ? Optional.of(jwt) : Optional.empty();
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  /** Tink stops reading at the end of the claims' object; nothing may follow it. */
  private static boolean isOneObject(String token) {
    String claims = token.substring(token.indexOf('.') + 1, token.lastIndexOf('.'));
    try {
      return Json.MAPPER.readTree(Base64.getUrlDecoder().decode(claims)).isObject();
    } catch (JacksonException | IllegalArgumentException e) {
      return false;
    }
  }

  private static JwtValidator validator(String audience, long nowMillis) {
    return JwtValidator.newBuilder()
        .expectTypeHeader(TYPE)
        .expectIssuer(ISSUER)
        .expectAudience(audience)
        .expectIssuedInThePast()
        .setClock(Clock.fixed(Instant.ofEpochMilli(nowMillis), ZoneOffset.UTC))
        .setClockSkew(SKEW)
        .build();
  }

  private static Optional<Principal> principal(VerifiedJwt jwt) {
    try {
      return Optional.of(new Principal(jwt.getSubject(), Role.ofWord(jwt.getStringClaim("role"))));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<Session> session(VerifiedJwt jwt) {
    try {
      String id = jwt.getStringClaim("sid");
      long since = jwt.getNumberClaim("since").longValue();
      long issued = jwt.getIssuedAt().getEpochSecond();
      return principal(jwt).map(principal -> new Session(principal, id, since, issued));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  @AccessesPartialKey
  private static JwtMac mac(Secret secret) {
    try {
      JwtMacConfig.register();
      JwtHmacParameters parameters =
          JwtHmacParameters.builder()
              .setKeySizeBytes(Secret.BYTES)
              .setAlgorithm(JwtHmacParameters.Algorithm.HS256)
              .setKidStrategy(JwtHmacParameters.KidStrategy.IGNORED)
              .build();
      JwtHmacKey key =
          JwtHmacKey.builder()
              .setParameters(parameters)
              .setKeyBytes(SecretBytes.copyFrom(secret.reveal(), InsecureSecretKeyAccess.get()))
              .build();
      return KeysetHandle.newBuilder()
          .addEntry(KeysetHandle.importKey(key).withRandomId().makePrimary())
          .build()
          .getPrimitive(RegistryConfiguration.get(), JwtMac.class);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Tink refuses the key of the tokens", e);
    }
  }
}
