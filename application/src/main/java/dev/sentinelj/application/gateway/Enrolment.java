package dev.sentinelj.application.gateway;

import dev.sentinelj.core.access.Password;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.ports.driving.EnrolAgents;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;

/**
 * Join tokens and the agents that use them. A token is kept as a digest, a secret sealed under the
 * id of its agent and key. Thread safe as long as {@code random} is.
 */
public final class Enrolment implements EnrolAgents {
  public static final int MAX_USES = 1_000;
  public static final Duration MIN_TTL = Duration.ofMinutes(1);
  public static final Duration MAX_TTL = Duration.ofDays(30);
  public static final int MAX_LABELS = 64;
  public static final int MAX_LABEL_KEY = 63;
  public static final int MAX_LABEL_VALUE = 255;
  public static final int MAX_HARDWARE_ID = 128;
  public static final int MAX_VERSION = 64;
  public static final int MAX_TOKEN = 128;

  /** Enrolments per second of this gateway: each one writes before anybody has proved anything. */
  public static final int PER_SECOND = 50;

  private final AgentRegistry registry;
  private final SecretVault vault;
  private final RandomGenerator random;
  private final TokenBucket rate = new TokenBucket(PER_SECOND);

  /**
   * @param random makes tokens, secrets and names: cryptographically strong outside tests
   */
  public Enrolment(AgentRegistry registry, SecretVault vault, RandomGenerator random) {
    this.registry = registry;
    this.vault = vault;
    this.random = random;
  }

  @Override
  public CompletionStage<JoinToken> createToken(TokenRequest request, Principal by, Now now) {
    check(request);
    String token = Password.random(random);
    long expiresAt = now.wallMillis() + request.ttl().toMillis();
    AgentRegistry.JoinToken kept =
        new AgentRegistry.JoinToken(
            Password.digest(token),
            request.agent(),
            Map.copyOf(request.labels()),
            request.uses(),
            expiresAt,
            by.name());
    return registry
        .addJoinToken(kept)
        .thenApply(_ -> new JoinToken(token, expiresAt, request.uses()));
  }

  @Override
  public CompletionStage<Enrolled> enrol(String token, String hardwareId, String version, Now now) {
    Optional<String> wrong = wrong(token, hardwareId, version);
    if (wrong.isPresent()) {
      return CompletableFuture.completedFuture(new Enrolled.Refused("bad_request", wrong.get()));
    }
    if (!rate.tryTake(now)) {
      return CompletableFuture.failedFuture(
          new PortUnavailableException("more than " + PER_SECOND + " enrolments in a second"));
    }
    Secret secret = Secret.random(random);
    KeyId key = new KeyId("k-" + hex(8));
    AgentRegistry.EnrolmentRequest request =
        new AgentRegistry.EnrolmentRequest(
            Password.digest(token),
            hardwareId,
            version,
            new AgentId("agent-" + hex(8)),
            key,
            agent -> vault.seal(secret.reveal(), AgentRegistry.context(agent, key)));
    return registry
        .enrol(request, now.wallMillis())
        .thenApply(entered -> answer(entered, key, secret, now));
  }

  private static Enrolled answer(
      AgentRegistry.Enrolment entered, KeyId key, Secret secret, Now now) {
    return switch (entered) {
      case AgentRegistry.Enrolment.Entered(AgentId agent) ->
          new Enrolled.Welcome(agent, key, secret, now.wallMillis());
      case AgentRegistry.Enrolment.UnknownToken() ->
          new Enrolled.Refused(
              "unknown_token", "no such join token; make one with `sentinel agents add`");
      case AgentRegistry.Enrolment.ExpiredToken() ->
          new Enrolled.Refused(
              "expired_token", "the join token has expired; make a new one with a longer ttl");
      case AgentRegistry.Enrolment.UsedToken() ->
          new Enrolled.Refused(
              "used_token", "all uses of the join token are taken; make a new one with more uses");
    };
  }

  private static void check(TokenRequest request) {
    if (request.uses() < 1 || request.uses() > MAX_USES) {
      throw new IllegalArgumentException("uses is " + request.uses() + "; give 1 to " + MAX_USES);
    }
    if (request.ttl().compareTo(MIN_TTL) < 0 || request.ttl().compareTo(MAX_TTL) > 0) {
      throw new IllegalArgumentException(
          "ttl is " + request.ttl() + "; give 1 minute (PT1M) to 30 days (P30D)");
    }
    if (request.agent().isPresent() && request.uses() != 1) {
      throw new IllegalArgumentException(
          "uses is " + request.uses() + "; a token that names an agent has 1 use");
    }
    checkLabels(request.labels());
  }

  private static void checkLabels(Map<String, String> labels) {
    if (labels.size() > MAX_LABELS) {
      throw new IllegalArgumentException(
          "labels has " + labels.size() + " entries; give at most " + MAX_LABELS);
    }
    labels.forEach((key, value) -> {
      if (!text(key, 1, MAX_LABEL_KEY)) {
        throw new IllegalArgumentException(
            "labels has a key that is empty, longer than "
                + MAX_LABEL_KEY
                + " characters or not printable; give a short printable one");
      }
      if (!text(value, 0, MAX_LABEL_VALUE)) {
        throw new IllegalArgumentException(
            "the value of label "
                + key
                + " is longer than "
                + MAX_LABEL_VALUE
                + " characters or not printable; give a short printable one");
      }
    });
  }

  private static Optional<String> wrong(String token, String hardwareId, String version) {
    if (!text(token, 1, MAX_TOKEN)) {
      return Optional.of("token must have 1 to " + MAX_TOKEN + " printable characters");
    }
    if (!text(hardwareId, 1, MAX_HARDWARE_ID)) {
      return Optional.of("hardware id must have 1 to " + MAX_HARDWARE_ID + " printable characters");
    }
    return text(version, 1, MAX_VERSION)
        ? Optional.empty()
        : Optional.of("version must have 1 to " + MAX_VERSION + " printable characters");
  }

  private static boolean text(String value, int min, int max) {
    return value.length() >= min
        && value.length() <= max
        && value.codePoints().noneMatch(Enrolment::unprintable);
  }

  private static boolean unprintable(int c) {
    return Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE;
  }

  private String hex(int bytes) {
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    return HexFormat.of().formatHex(value);
  }
}
