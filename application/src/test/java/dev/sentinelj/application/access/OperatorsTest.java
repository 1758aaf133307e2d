package dev.sentinelj.application.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.adapters.memory.InMemoryDatabase;
import dev.sentinelj.adapters.memory.InMemoryOperatorStore;
import dev.sentinelj.core.access.Principal;
import dev.sentinelj.core.access.Role;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OperatorsTest {
  private static final long NOW = 1_800_000_000_000L;

  private final InMemoryOperatorStore store =
      new InMemoryOperatorStore(new InMemoryDatabase(() -> NOW, 1));
  private final Operators operators = new Operators(store, new SplittableRandom(1));
  private final String password = operators.createFirstAdmin(NOW).orElseThrow();

  @Test
  void createFirstAdmin_onlyOnce() {
    assertThat(operators.createFirstAdmin(NOW)).isEmpty();
    assertThat(operators.login("admin", password, NOW))
        .contains(new Principal("admin", Role.ADMIN));
    assertThat(operators.login("admin", password + "x", NOW)).isEmpty();
    assertThat(operators.login("nobody", password, NOW)).isEmpty();
  }

  @Test
  void login_afterFiveFailures_isRefusedForAWhileEvenWithThePassword() {
    for (int i = 0; i < Throttle.FREE_FAILURES; i++) {
      assertThat(operators.login("admin", "guess", NOW)).isEmpty();
    }

    assertThat(operators.login("admin", password, NOW + 999)).isEmpty();
    assertThat(operators.login("admin", password, NOW + 1_000)).isPresent();
  }

  @Test
  void throttle_delayDoubles_andIsForgottenAfterAQuietMinute() {
    Throttle throttle = new Throttle();
    for (int i = 0; i < Throttle.FREE_FAILURES + 2; i++) {
      throttle.failed("a", NOW);
    }

    assertThat(throttle.refuses("a", NOW + 3_999)).isTrue();
    assertThat(throttle.refuses("a", NOW + 4_000)).isFalse();
    throttle.failed("a", NOW + 4_000 + Throttle.MEMORY_MILLIS + 1);
    assertThat(throttle.refuses("a", NOW + 4_000 + Throttle.MEMORY_MILLIS + 1)).isFalse();
  }

  @Test
  void throttle_manyNames_isBounded() {
    Throttle throttle = new Throttle();
    for (int i = 0; i < Throttle.FREE_FAILURES; i++) {
      throttle.failed("first", NOW);
    }
    for (int i = 0; i < Throttle.MAX_NAMES; i++) {
      throttle.failed("name-" + i, NOW);
    }

    assertThat(throttle.refuses("first", NOW)).isFalse();
  }

  @Test
  void token_roleNeverExceedsTheOperators() {
    Principal viewer = new Principal("admin", Role.VIEWER);

    String token = operators.createToken(viewer, "ci", Role.ADMIN, NOW, NOW + 1_000);

    assertThat(operators.token(token, NOW)).contains(new Principal("admin", Role.VIEWER));
    assertThat(operators.token(token, NOW + 1_000)).isEmpty();
    assertThat(operators.token(token + "x", NOW)).isEmpty();
    assertThat(store.tokens()).noneMatch(kept -> kept.toString().contains(token));
  }

  @Test
  void token_ofAnOperatorWhoIsGone_isWorthless() {
    String token =
        operators.createToken(new Principal("gone", Role.ADMIN), "ci", Role.ADMIN, NOW, 0);

    assertThat(operators.token(token, NOW)).isEmpty();
    assertThatThrownBy(() ->
            operators.createToken(new Principal("admin", Role.ADMIN), " ", Role.ADMIN, NOW, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
