package dev.sentinelj.adapters.memory;

import dev.sentinelj.ports.driven.OperatorStore;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** {@link OperatorStore} over an {@link InMemoryDatabase}. */
public final class InMemoryOperatorStore implements OperatorStore {
  private final InMemoryDatabase database;

  public InMemoryOperatorStore(InMemoryDatabase database) {
    this.database = database;
  }

  @Override
  public Optional<Operator> find(String name) {
    return database.call("findOperator", () -> Optional.ofNullable(database.operators.get(name)));
  }

  @Override
  public boolean addFirst(Operator operator) {
    return database.call(
        "addFirst",
        () ->
            database.operators.isEmpty()
                && database.operators.putIfAbsent(operator.name(), operator) == null);
  }

  @Override
  public boolean changePassword(String name, String passwordHash) {
    return database.call(
        "changePassword",
        () ->
            database.operators.computeIfPresent(
                    name, (key, known) -> new Operator(name, known.role(), passwordHash))
                != null);
  }

  @Override
  public void addToken(ApiToken token) {
    database.call("addToken", () -> database.apiTokens.put(token.digest(), token) == null);
  }

  @Override
  public Optional<ApiToken> findToken(String digest, long nowMillis) {
    return database.call(
        "findToken",
        () ->
            Optional.ofNullable(database.apiTokens.get(digest))
                .filter(
                    token -> token.expiresAtMillis() == 0 || nowMillis < token.expiresAtMillis()));
  }

  @Override
  public List<ApiToken> tokens() {
    return database.call(
        "tokens",
        () ->
            database.apiTokens.values().stream()
                .sorted(
                    Comparator.comparingLong(ApiToken::createdAtMillis).thenComparing(ApiToken::id))
                .toList());
  }
}
