package dev.sentinelj.adapters.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.signing.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TokensTest {
  private static final long NOW = TestServer.START;
  private static final long SECOND = NOW / 1000;
  private static final Principal ADMIN = new Principal("admin", Role.ADMIN);
  private static final byte[] KEY = new byte[Secret.BYTES];
  private static final String HEADER = "{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}";

  private final Tokens tokens = new Tokens(Secret.of(KEY), new SecureRandom());

  @Test
  void access_withinItsLife_isReadBack() {
    String token = tokens.access(ADMIN, NOW);

    assertThat(tokens.readAccess(token, NOW)).contains(ADMIN);
    assertThat(tokens.readAccess(token, NOW + 899_999)).contains(ADMIN);
    assertThat(tokens.readAccess(token, NOW + 900_000)).isEmpty();
  }

  @Test
  void access_twice_isNeverTheSameToken() {
    assertThat(tokens.access(ADMIN, NOW)).isNotEqualTo(tokens.access(ADMIN, NOW));
  }

  @Test
  void craftedByTheTest_withNothingWrong_isAccepted() throws GeneralSecurityException {
    assertThat(tokens.readAccess(signed(HEADER, claims(), KEY), NOW)).contains(ADMIN);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("crafted")
  void craftedToken_isRefusedAsBearerAndAsCookie(String what, String token) {
    assertThat(tokens.readAccess(token, NOW)).as(what).isEmpty();
    assertThat(tokens.readSession(token, NOW)).as(what).isEmpty();
  }

  @Test
  void anyOneCharacterChanged_isRefused() {
    long seed = new SecureRandom().nextLong();
    SplittableRandom random = new SplittableRandom(seed);
    String token = tokens.access(ADMIN, NOW);
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ ";
    for (int i = 0; i < 2_000; i++) {
      // The last character of 32 bytes in base64 has unused bits, which Tink refuses as well.
      int at = random.nextInt(token.length());
      char other = alphabet.charAt(random.nextInt(alphabet.length()));
      if (token.charAt(at) != other) {
        String changed = token.substring(0, at) + other + token.substring(at + 1);
        assertThat(tokens.readAccess(changed, NOW))
            .as("seed %d at %d: %s", seed, at, other)
            .isEmpty();
      }
    }
  }

  @Test
  void cookie_isNoBearerAndBearerIsNoCookie() {
    String cookie = tokens.cookie(tokens.newSession(ADMIN, NOW), NOW);

    assertThat(tokens.readAccess(cookie, NOW)).isEmpty();
    assertThat(tokens.readSession(tokens.access(ADMIN, NOW), NOW)).isEmpty();
    assertThat(tokens.readSession(cookie, NOW).map(Session::principal)).contains(ADMIN);
  }

  @Test
  void cookie_renewedOften_endsTwelveHoursAfterLogin() {
    Session session = tokens.newSession(ADMIN, NOW);
    long end = NOW + Tokens.SESSION_LIFE.toMillis();

    String late = tokens.cookie(session, end - 60_000);

    assertThat(tokens.readSession(late, end - 1)).map(Session::id).contains(session.id());
    assertThat(tokens.readSession(late, end)).isEmpty();
  }

  static Stream<Arguments> crafted() throws GeneralSecurityException {
    List<Arguments> table = new ArrayList<>();
    String good = signed(HEADER, claims(), KEY);
    String[] part = good.split("\\.", -1);
    byte[] other = new byte[Secret.BYTES];
    other[31] = 1;
    add(table, "empty", "");
    add(table, "dots", "..");
    add(table, "one part", part[0]);
    add(table, "two parts", part[0] + "." + part[1]);
    add(table, "no signature", part[0] + "." + part[1] + ".");
    add(table, "four parts", good + ".x");
    add(table, "trailing data", good + "AA");
    add(table, "trailing newline", good + "\n");
    add(table, "leading blank", " " + good);
    add(table, "padded signature", good + "=");
    add(table, "other key", signed(HEADER, claims(), other));
    add(table, "alg none", unsigned("{\"alg\":\"none\",\"typ\":\"at+jwt\"}", claims()));
    add(table, "alg None", unsigned("{\"alg\":\"None\",\"typ\":\"at+jwt\"}", claims()));
    add(
        table,
        "alg none but signed",
        signed("{\"alg\":\"none\",\"typ\":\"at+jwt\"}", claims(), KEY));
    for (String algorithm : List.of("HS384", "HS512", "RS256", "ES256", "PS256", "hs256", "")) {
      String header = "{\"alg\":\"" + algorithm + "\",\"typ\":\"at+jwt\"}";
      add(table, "alg " + algorithm, signed(header, claims(), KEY));
    }
    add(table, "no alg", signed("{\"typ\":\"at+jwt\"}", claims(), KEY));
    add(table, "alg is a number", signed("{\"alg\":256,\"typ\":\"at+jwt\"}", claims(), KEY));
    add(
        table,
        "alg twice",
        signed("{\"alg\":\"none\",\"alg\":\"HS256\",\"typ\":\"at+jwt\"}", claims(), KEY));
    add(table, "no typ", signed("{\"alg\":\"HS256\"}", claims(), KEY));
    add(table, "typ JWT", signed("{\"alg\":\"HS256\",\"typ\":\"JWT\"}", claims(), KEY));
    add(
        table,
        "crit",
        signed("{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"crit\":[\"exp\"]}", claims(), KEY));
    add(table, "header is a list", signed("[]", claims(), KEY));
    add(table, "header is not JSON", signed("{", claims(), KEY));
    add(table, "claims are not JSON", signed(HEADER, "{\"iss\"", KEY));
    add(table, "claims with trailing data", signed(HEADER, claims() + "{}", KEY));
    add(table, "claims are text", signed(HEADER, "\"admin\"", KEY));
    String audience = "\"aud\":\"sentinelj-api\"";
    change(table, "no iss", "\"iss\":\"sentinelj\",", "");
    change(table, "other iss", "\"iss\":\"sentinelj\"", "\"iss\":\"somebody\"");
    change(table, "no aud", audience + ",", "");
    change(table, "other aud", audience, "\"aud\":\"agents\"");
    change(table, "browser aud without session", audience, "\"aud\":\"sentinelj-browser\"");
    change(table, "empty aud list", audience, "\"aud\":[]");
    change(table, "no exp", "\"exp\":" + (SECOND + 900) + ",", "");
    change(table, "exp now", "\"exp\":" + (SECOND + 900), "\"exp\":" + SECOND);
    change(table, "exp past", "\"exp\":" + (SECOND + 900), "\"exp\":" + (SECOND - 1));
    change(table, "exp text", "\"exp\":" + (SECOND + 900), "\"exp\":\"later\"");
    change(table, "exp huge", "\"exp\":" + (SECOND + 900), "\"exp\":1e300");
    change(table, "iat ahead", "\"iat\":" + SECOND, "\"iat\":" + (SECOND + 61));
    change(table, "nbf ahead", "\"iat\":", "\"nbf\":" + (SECOND + 61) + ",\"iat\":");
    change(table, "no sub", "\"sub\":\"admin\",", "");
    change(table, "no role", ",\"role\":\"admin\"", "");
    change(table, "unknown role", "\"role\":\"admin\"", "\"role\":\"root\"");
    change(table, "role list", "\"role\":\"admin\"", "\"role\":[\"admin\"]");
    change(table, "role twice", "\"role\":\"admin\"", "\"role\":\"viewer\",\"role\":\"admin\"");
    add(
        table,
        "too long",
        signed(HEADER, claims().replace("}", ",\"x\":\"" + "y".repeat(3_000) + "\"}"), KEY));
    return table.stream();
  }

  private static void add(List<Arguments> table, String what, String token) {
    table.add(Arguments.of(what, token));
  }

  private static void change(List<Arguments> table, String what, String from, String to)
      throws GeneralSecurityException {
    assertThat(claims()).as(what).contains(from);
    add(table, what, signed(HEADER, claims().replace(from, to), KEY));
  }

  private static String claims() {
    return "{\"iss\":\"sentinelj\",\"aud\":\"sentinelj-api\",\"sub\":\"admin\",\"jti\":\"1\",\"exp\":"
        + (SECOND + 900)
        + ",\"iat\":"
        + SECOND
        + ",\"role\":\"admin\"}";
  }

  private static String unsigned(String header, String claims) {
    return base64(header.getBytes(StandardCharsets.UTF_8))
        + "."
        + base64(claims.getBytes(StandardCharsets.UTF_8))
        + ".";
  }

  private static String signed(String header, String claims, byte[] key)
      throws GeneralSecurityException {
    String unsigned = unsigned(header, claims);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    byte[] input = unsigned.substring(0, unsigned.length() - 1).getBytes(StandardCharsets.UTF_8);
    return unsigned + base64(mac.doFinal(input));
  }

  private static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
