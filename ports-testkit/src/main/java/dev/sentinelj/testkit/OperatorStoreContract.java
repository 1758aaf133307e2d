package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.access.Role;
import dev.sentinelj.ports.driven.OperatorStore;
import dev.sentinelj.ports.driven.OperatorStore.ApiToken;
import dev.sentinelj.ports.driven.OperatorStore.Operator;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What every {@link OperatorStore} must do. The store may be one that this contract used before,
 * but nobody else may have entered an operator.
 */
public abstract class OperatorStoreContract {
  private static final long NOW = 1_735_689_600_000L;
  private static final Operator FIRST = new Operator("kit-admin", Role.ADMIN, "hash 1");

  protected abstract OperatorStore store();

  @Test
  void addFirst_entersOneOperatorOnly() {
    assertThat(store().addFirst(FIRST)).isTrue();

    assertThat(store().addFirst(new Operator("second", Role.ADMIN, "hash"))).isFalse();
    assertThat(store().addFirst(FIRST)).isFalse();

    assertThat(store().find("second")).isEmpty();
    assertThat(store().find(FIRST.name()).map(Operator::role)).contains(Role.ADMIN);
  }

  @Test
  void operator_inALogLine_keepsItsPasswordHash() {
    assertThat(FIRST.toString()).contains(FIRST.name()).doesNotContain(FIRST.passwordHash());
  }

  @Test
  void find_anotherName_isEmpty() {
    store().addFirst(FIRST);

    assertThat(store().find("nobody")).isEmpty();
    assertThat(store().find("KIT-ADMIN")).isEmpty();
  }

  @Test
  void changePassword_replacesTheHashAndNothingElse() {
    store().addFirst(FIRST);

    assertThat(store().changePassword(FIRST.name(), "hash 2")).isTrue();

    assertThat(store().find(FIRST.name()))
        .contains(new Operator(FIRST.name(), Role.ADMIN, "hash 2"));
  }

  @Test
  void changePassword_ofNobody_isFalse() {
    store().addFirst(FIRST);

    assertThat(store().changePassword("nobody", "hash 2")).isFalse();
    assertThat(store().find("nobody")).isEmpty();
  }

  @Test
  void findToken_isGoodUntilJustBeforeItsExpiry() {
    ApiToken token = token(NOW, NOW + 10);
    store().addFirst(FIRST);
    store().addToken(token);

    assertThat(store().findToken(token.digest(), NOW + 9)).contains(token);
    assertThat(store().findToken(token.digest(), NOW + 10)).isEmpty();
  }

  @Test
  void findToken_withoutExpiry_isGoodForEver() {
    ApiToken token = token(NOW, 0);
    store().addFirst(FIRST);
    store().addToken(token);

    assertThat(store().findToken(token.digest(), Long.MAX_VALUE)).contains(token);
  }

  @Test
  void findToken_ofAnotherDigest_isEmpty() {
    assertThat(store().findToken("digest-" + UUID.randomUUID(), NOW)).isEqualTo(Optional.empty());
  }

  @Test
  void tokens_areAllOfThem_byCreationThenId() {
    ApiToken earlier = token(NOW + 4, 0);
    List<ApiToken> sameTime =
        Stream.of(token(NOW + 5, NOW + 6), token(NOW + 5, 0))
            .sorted(Comparator.comparing(ApiToken::id))
            .toList();
    store().addFirst(FIRST);
    sameTime.reversed().forEach(store()::addToken);
    store().addToken(earlier);

    List<ApiToken> tokens = store().tokens();

    assertThat(tokens).containsExactly(earlier, sameTime.getFirst(), sameTime.getLast());
  }

  private static ApiToken token(long createdAtMillis, long expiresAtMillis) {
    String unique = UUID.randomUUID().toString();
    return new ApiToken(
        unique,
        "digest-" + unique,
        "a token",
        FIRST.name(),
        Role.VIEWER,
        createdAtMillis,
        expiresAtMillis);
  }
}
