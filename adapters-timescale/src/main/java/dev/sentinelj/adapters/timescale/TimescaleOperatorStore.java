package dev.sentinelj.adapters.timescale;

import static dev.sentinelj.adapters.timescale.jooq.Tables.API_TOKENS;
import static dev.sentinelj.adapters.timescale.jooq.Tables.USERS;

import dev.sentinelj.adapters.timescale.jooq.Routines;
import dev.sentinelj.adapters.timescale.jooq.tables.records.ApiTokensRecord;
import dev.sentinelj.core.access.Role;
import dev.sentinelj.ports.driven.OperatorStore;
import java.util.List;
import java.util.Optional;

/** Operators and API tokens in PostgreSQL. */
public final class TimescaleOperatorStore implements OperatorStore {
  private final Database database;

  public TimescaleOperatorStore(Database database) {
    this.database = database;
  }

  @Override
  public Optional<Operator> find(String name) {
    return database.ask(
        "looking up an operator",
        dsl ->
            dsl.selectFrom(USERS)
                .where(USERS.NAME.eq(StoredText.of(name)))
                .fetchOptional(row ->
                    new Operator(
                        row.getName(), Role.ofWord(row.getRole()), row.getPasswordHash())));
  }

  @Override
  public boolean addFirst(Operator operator) {
    return database.transact(
        "adding the first operator",
        dsl -> {
          Routines.sentinelLock(dsl.configuration(), "users");
          if (dsl.fetchExists(USERS)) {
            return false;
          }
          dsl.insertInto(USERS)
              .set(USERS.NAME, operator.name())
              .set(USERS.ROLE, operator.role().word())
              .set(USERS.PASSWORD_HASH, operator.passwordHash())
              .execute();
          return true;
        });
  }

  @Override
  public boolean changePassword(String name, String passwordHash) {
    return database.ask(
        "changing a password",
        dsl ->
            dsl.update(USERS)
                    .set(USERS.PASSWORD_HASH, passwordHash)
                    .where(USERS.NAME.eq(StoredText.of(name)))
                    .execute()
                == 1);
  }

  @Override
  public void addToken(ApiToken token) {
    database.ask(
        "adding an API token",
        dsl ->
            dsl.insertInto(API_TOKENS)
                .set(API_TOKENS.ID, token.id())
                .set(API_TOKENS.DIGEST, token.digest())
                .set(API_TOKENS.NAME, StoredText.of(token.name()))
                .set(API_TOKENS.OPERATOR, token.operator())
                .set(API_TOKENS.ROLE, token.role().word())
                .set(API_TOKENS.CREATED_AT, Times.of(token.createdAtMillis()))
                .set(API_TOKENS.EXPIRES_AT, Times.orNull(token.expiresAtMillis()))
                .execute());
  }

  @Override
  public Optional<ApiToken> findToken(String digest, long nowMillis) {
    return database.ask(
        "looking up an API token",
        dsl ->
            dsl.selectFrom(API_TOKENS)
                .where(
                    API_TOKENS.DIGEST.eq(StoredText.of(digest)),
                    API_TOKENS
                        .EXPIRES_AT
                        .isNull()
                        .or(API_TOKENS.EXPIRES_AT.gt(Times.of(nowMillis))))
                .fetchOptional(TimescaleOperatorStore::token));
  }

  @Override
  public List<ApiToken> tokens() {
    return database.ask(
        "listing API tokens",
        dsl ->
            dsl.selectFrom(API_TOKENS)
                .orderBy(API_TOKENS.CREATED_AT, API_TOKENS.ID)
                .fetch(TimescaleOperatorStore::token));
  }

  private static ApiToken token(ApiTokensRecord row) {
    return new ApiToken(
        row.getId(),
        row.getDigest(),
        row.getName(),
        row.getOperator(),
        Role.ofWord(row.getRole()),
        Times.millis(row.getCreatedAt()),
        Times.millis(row.getExpiresAt()));
  }
}
