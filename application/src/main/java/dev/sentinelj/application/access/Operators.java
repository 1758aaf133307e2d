package dev.sentinelj.application.access;

import dev.sentinelj.core.access.Password;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.ports.driven.OperatorStore;
import dev.sentinelj.ports.driven.OperatorStore.ApiToken;
import dev.sentinelj.ports.driven.OperatorStore.Operator;
import dev.sentinelj.ports.driving.OperatorAccess;
import java.util.HexFormat;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Operators by password or API token. A name nobody has costs the same work as a wrong password,
 * and guesses under one name are slowed down. Thread safe as long as {@code random} is.
 */
public final class Operators implements OperatorAccess {
  /** The name of the first operator. */
  public static final String FIRST = "admin";

  /** Longer passwords are refused unread, so that hashing one costs a bounded time. */
  public static final int MAX_PASSWORD = 1_024;

  public static final int MAX_NAME = 128;

  private final OperatorStore store;
  private final RandomGenerator random;
  private final Throttle throttle = new Throttle();
  private final String nobodysHash;

  /**
   * @param random makes passwords and tokens: cryptographically strong outside tests
   */
  public Operators(OperatorStore store, RandomGenerator random) {
    this.store = store;
    this.random = random;
    this.nobodysHash = Password.hash(Password.random(random), random);
  }

  @Override
  public Optional<Principal> login(String name, String password, long nowMillis) {
    if (name.length() > MAX_NAME || password.length() > MAX_PASSWORD) {
      return Optional.empty();
    }
    if (throttle.refuses(name, nowMillis)) {
      return Optional.empty();
    }
    Optional<Operator> operator = store.find(name);
    boolean fits =
        Password.matches(password, operator.map(Operator::passwordHash).orElse(nobodysHash));
    if (operator.isPresent() && fits) {
      throttle.succeeded(name);
      return Optional.of(new Principal(operator.get().name(), operator.get().role()));
    }
    throttle.failed(name, nowMillis);
    return Optional.empty();
  }

  @Override
  public Optional<Principal> token(String token, long nowMillis) {
    return store
        .findToken(Password.digest(token), nowMillis)
        .flatMap(
            found -> // an operator who was removed or lost rights takes the tokens along
            store
                    .find(found.operator())
                    .map(owner -> new Principal(owner.name(), least(owner.role(), found.role()))));
  }

  @Override
  public String createToken(
      Principal by, String name, Role role, long nowMillis, long expiresAtMillis) {
    if (name.isBlank() || name.length() > MAX_NAME) {
      throw new IllegalArgumentException("name must have 1 to " + MAX_NAME + " characters");
    }
    if (expiresAtMillis != 0 && expiresAtMillis <= nowMillis) {
      throw new IllegalArgumentException("expiresAt lies in the past; give a later time, or 0");
    }
    String token = Password.random(random);
    byte[] id = new byte[8];
    random.nextBytes(id);
    store.addToken(
        new ApiToken(
            "t-" + HexFormat.of().formatHex(id),
            Password.digest(token),
            name,
            by.name(),
            least(by.role(), role),
            nowMillis,
            expiresAtMillis));
    return token;
  }

  @Override
  public Optional<String> createFirstAdmin(long nowMillis) {
    String password = Password.random(random);
    boolean entered =
        store.addFirst(new Operator(FIRST, Role.ADMIN, Password.hash(password, random)));
    return entered ? Optional.of(password) : Optional.empty();
  }

  private static Role least(Role one, Role other) {
    return one.covers(other) ? other : one;
  }
}
