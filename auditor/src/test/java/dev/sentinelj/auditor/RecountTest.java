package dev.sentinelj.auditor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecountTest {
  private final Auditor auditor = new Auditor(SchemaForTests.ADDRESS);
  private final List<String> said = new ArrayList<>();

  @Test
  void recount_ofAsManyRowsAsAreStored_findsNothing() {
    HandMade rows = stored(3);
    samples(rows, 3);

    Audit audit = auditor.recount(Scope.of(rows.agent()), said::add);

    assertThat(audit.accounted()).isTrue();
    assertThat(audit.recounts()).containsExactly(recount(rows, 3, 3, Optional.empty()));
    assertThat(said).isNotEmpty().allMatch(line -> line.startsWith("counting samples: day "));
  }

  @Test
  void recount_ofFewerAndOfMoreRows_isUnaccounted() {
    HandMade fewer = stored(3);
    samples(fewer, 2);
    HandMade more = stored(3);
    samples(more, 4);

    assertThat(auditor.recount(Scope.of(fewer.agent()), said::add).accounted()).isFalse();
    assertThat(auditor.recount(Scope.of(more.agent()), said::add).accounted()).isFalse();
    assertThat(auditor.audit(Scope.of(more.agent())).accounted()).isTrue();
  }

  @Test
  void recount_ofFewerRowsThanBeforeTheRetention_saysThatItCannotBeCounted() {
    HandMade rows =
        stored(3).change("batch_ledger SET committed_at = now() - interval '91 days'", "");
    samples(rows, 2);

    Audit audit = auditor.recount(Scope.of(rows.agent()), said::add);

    assertThat(audit.accounted()).isTrue();
    assertThat(audit.recounts().getFirst().finding().orElseThrow().text())
        .contains("cannot be counted");
  }

  @Test
  void parse_ofAddresses_takesWhatPeopleWriteAndNoPassword() {
    assertThat(DatabaseAddress.parse("postgres://me@db:5433/x?ssl=true", "u", Optional.empty()))
        .isEqualTo(
            new DatabaseAddress("jdbc:postgresql://db:5433/x?ssl=true", "me", Optional.empty()));
    assertThat(DatabaseAddress.parse("jdbc:postgresql://db/x", "u", Optional.empty()).user())
        .isEqualTo("u");
    for (String secret :
        List.of("postgresql://me:hush@db/x", "jdbc:postgresql://db/x?a=b&password=hush")) {
      assertThatThrownBy(() -> DatabaseAddress.parse(secret, "u", Optional.empty()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("environment")
          .hasMessageNotContaining("hush");
    }
  }

  @Test
  void audit_ofADatabaseThatDoesNotAnswerOrHasNoSchema_saysWhich() {
    DatabaseAddress nowhere =
        DatabaseAddress.parse("postgresql://127.0.0.1:1/x", "u", Optional.empty());
    SchemaForTests.sql("CREATE DATABASE bare");
    DatabaseAddress bare =
        new DatabaseAddress(
            SchemaForTests.ADDRESS.url().replace("/postgres", "/bare"),
            "postgres",
            Optional.empty());

    assertThatThrownBy(() -> new Auditor(nowhere).audit(Scope.ALL))
        .isInstanceOf(AuditFailedException.class)
        .hasMessageContaining("127.0.0.1:1/x cannot be read");
    assertThatThrownBy(() -> new Auditor(bare).audit(Scope.ALL))
        .isInstanceOf(AuditFailedException.class)
        .hasMessageContaining("another schema");
  }

  private static HandMade stored(long samples) {
    return HandMade.epoch(7).row(1, samples, samples).progress(1, samples, samples, 0, 0, 0, 0);
  }

  private static void samples(HandMade rows, int count) {
    SchemaForTests.sql(
        "SELECT sentinel_ensure_partitions('samples', ARRAY[current_date, current_date - 1])");
    SchemaForTests.sql(
        "INSERT INTO series (agent, identity, name, type, unit, labels, label_order) VALUES ('"
            + rows.agent()
            + "', '\\x01', 'm', 1, '1', '{}', '')");
    SchemaForTests.sql(
        "INSERT INTO samples SELECT current_date - (n % 2) + interval '1 hour', id, 1 FROM series,"
            + " generate_series(1, "
            + count
            + ") n WHERE agent = '"
            + rows.agent()
            + "'");
  }

  private static Audit.Recount recount(
      HandMade rows, long stored, long counted, Optional<Finding> finding) {
    return new Audit.Recount(rows.agent(), stored, counted, finding);
  }
}
