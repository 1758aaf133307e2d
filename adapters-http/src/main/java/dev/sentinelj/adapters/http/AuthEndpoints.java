package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.ports.driving.EnrolAgents;
import dev.sentinelj.ports.driving.EnrolAgents.JoinToken;
import dev.sentinelj.ports.driving.EnrolAgents.TokenRequest;
import dev.sentinelj.ports.driving.OperatorAccess;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Credentials: access tokens, API tokens and join tokens, each told once. */
final class AuthEndpoints {
  private static final int MAX_USES = 1_000;
  private static final int MIN_TTL_SECONDS = 60;
  private static final int MAX_TTL_SECONDS = 30 * 86_400;

  private final OperatorAccess access;
  private final EnrolAgents enrol;
  private final Logins logins;
  private final Tokens tokens;

  AuthEndpoints(OperatorAccess access, EnrolAgents enrol, Logins logins, Tokens tokens) {
    this.access = access;
    this.enrol = enrol;
    this.logins = logins;
    this.tokens = tokens;
  }

  List<Route> routes() {
    return List.of(
        Route.open("POST", "/v1/auth/token", this::accessToken),
        // Open, because a password in the body is a credential too.
        Route.open("POST", "/v1/auth/api-tokens", this::apiToken),
        Route.of("POST", "/v1/join-tokens", Role.OPERATOR, this::joinToken));
  }

  record AccessToken(String accessToken, String tokenType, long expiresIn, String role) {}

  private Reply accessToken(Call call) {
    JsonBody body = call.json("user", "password");
    Principal principal = login(call, body);
    return Reply.ok(
        new AccessToken(
            tokens.access(principal, call.now().wallMillis()),
            "Bearer",
            Tokens.LIFE.toSeconds(),
            principal.role().word()));
  }

  record ApiToken(String token, String role, String expiresAt) {}

  private Reply apiToken(Call call) {
    JsonBody body = call.json("user", "password", "name", "role", "ttl_days");
    String name = body.text("name", HttpLimits.MAX_NAME_CHARS);
    Duration ttl = Duration.ofDays(body.integer("ttl_days", 1, HttpLimits.MAX_TOKEN_DAYS));
    Optional<String> word = body.optionalText("role", HttpLimits.MAX_NAME_CHARS);
    boolean byPassword = body.has("user") || body.has("password");
    Principal by =
        byPassword
            ? login(call, body)
            : call.identity().principal().orElseThrow(Problem::unauthorized);
    Role role = word.map(text -> role(text, by)).orElse(by.role());
    long expires = call.now().wallMillis() + ttl.toMillis();
    String token = access.createToken(by, name, role, call.now().wallMillis(), expires);
    return Reply.json(201, new ApiToken(token, role.word(), Timestamps.format(expires)));
  }

  private Principal login(Call call, JsonBody body) {
    return logins.login(
        body.text("user", HttpLimits.MAX_NAME_CHARS),
        body.text("password", HttpLimits.MAX_PASSWORD_CHARS),
        call.remote(),
        call.now());
  }

  private static Role role(String word, Principal by) {
    try {
      Role role = Role.ofWord(word);
      if (by.role().covers(role)) {
        return role;
      }
    } catch (IllegalArgumentException e) {
      throw Problem.badField("role", "role must be viewer, operator or admin");
    }
    throw Problem.badField("role", "role must not be above your own, " + by.role().word());
  }

  record JoinTokenJson(String token, int uses, String expiresAt) {}

  private Reply joinToken(Call call) {
    JsonBody body = call.json("agent", "labels", "uses", "ttl_seconds");
    TokenRequest request =
        new TokenRequest(
            body.optionalText("agent", HttpLimits.MAX_NAME_CHARS).map(Call::agentId),
            labels(body),
            Math.toIntExact(body.integer("uses", 1, MAX_USES)),
            Duration.ofSeconds(body.integer("ttl_seconds", MIN_TTL_SECONDS, MAX_TTL_SECONDS)));
    Principal by = call.identity().principal().orElseThrow(Problem::unauthorized);
    JoinToken made = create(request, by, call);
    return Reply.json(
        201,
        new JoinTokenJson(made.token(), made.uses(), Timestamps.format(made.expiresAtMillis())));
  }

  private JoinToken create(TokenRequest request, Principal by, Call call) {
    try {
      return Stages.await("making a join token", enrol.createToken(request, by, call.now()));
    } catch (IllegalArgumentException e) { // what the use case says is for whoever asked
      throw new ProblemException(Problem.of(400, String.valueOf(e.getMessage())));
    }
  }

  private static Map<String, String> labels(JsonBody body) {
    return body.texts("labels", Series.MAX_LABELS, Series.MAX_LABEL_KEY, Series.MAX_LABEL_VALUE);
  }
}
