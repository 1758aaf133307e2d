package dev.sentinelj.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordTest {
  private final SplittableRandom random = new SplittableRandom(1);

  @Test
  void matches_theSamePassword_isTrueAndAnyOtherIsFalse() {
    String kept = Password.hash("correct horse", random);

    assertThat(Password.matches("correct horse", kept)).isTrue();
    assertThat(Password.matches("correct horsf", kept)).isFalse();
    assertThat(Password.matches("", kept)).isFalse();
  }

  @Test
  void hash_samePasswordTwice_differsBySalt() {
    assertThat(Password.hash("x", random)).isNotEqualTo(Password.hash("x", random));
    assertThat(Password.hash("x", random)).startsWith("pbkdf2-sha256$210000$").doesNotContain("x$");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "secret",
        "plain$1$AA$AA",
        "pbkdf2-sha256$many$AAAA$AAAA",
        "pbkdf2-sha256$0$AAAA$AAAA",
        "pbkdf2-sha256$-1$AAAA$AAAA",
        "pbkdf2-sha256$1$$AAAA",
        "pbkdf2-sha256$1$!!$AAAA",
        "pbkdf2-sha256$1$AAAA"
      })
  void matches_notInTheForm_isFalse(String kept) {
    assertThat(Password.matches("secret", kept)).isFalse();
  }

  @Test
  void random_tokens_areUrlSafeAndDifferent() {
    String token = Password.random(random);

    assertThat(token).matches("[A-Za-z0-9_-]{32}").isNotEqualTo(Password.random(random));
    assertThat(Password.digest(token)).hasSize(64).isEqualTo(Password.digest(token));
  }

  @Test
  void role_covers_everyLesserRole() {
    assertThat(Role.ADMIN.covers(Role.VIEWER)).isTrue();
    assertThat(Role.OPERATOR.covers(Role.OPERATOR)).isTrue();
    assertThat(Role.VIEWER.covers(Role.OPERATOR)).isFalse();
    assertThat(Role.ofWord("operator")).isEqualTo(Role.OPERATOR);
    assertThatIllegalArgumentException().isThrownBy(() -> Role.ofWord("root"));
  }
}
