package dev.sentinelj.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Named.named;

import dev.sentinelj.core.access.Role;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.ports.driven.AgentRegistry.EnrolmentRequest;
import dev.sentinelj.ports.driven.AgentRegistry.JoinToken;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.MetricQueries;
import dev.sentinelj.ports.driven.MetricQueries.RangeQuery;
import dev.sentinelj.ports.driven.OperatorStore;
import dev.sentinelj.ports.driven.OperatorStore.ApiToken;
import dev.sentinelj.ports.driven.OperatorStore.Operator;
import dev.sentinelj.ports.driven.PartitionStore;
import dev.sentinelj.ports.driven.PartitionStore.BatchTry;
import dev.sentinelj.ports.driven.PartitionStore.Lease;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.ports.driven.QuarantineQueries;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every adapter of a database must do while the database does not answer. */
public abstract class UnavailableStoreContract {
  private static final AgentId AGENT = new AgentId("agent-1");
  private static final EpochId EPOCH = new EpochId(AGENT, 7);
  private static final KeyId KEY = new KeyId("key-1");
  private static final Lease LEASE = new Lease(0, "worker", 1);

  /** A database that does not answer. */
  protected abstract StoreUnderTest database();

  /** The agents in it. */
  protected abstract AgentRegistry registry();

  /** The operators in it. */
  protected abstract OperatorStore operators();

  static Stream<Named<Function<PartitionStore, CompletionStage<?>>>> storeCalls() {
    return Stream.of(
        named("lease", store -> store.lease(0, "worker", Optional.empty())),
        named("release", store -> store.release(LEASE)),
        named("positions", store -> store.positions(LEASE)),
        named("begin", store -> store.begin(LEASE)),
        named(
            "noteTry",
            store -> store.noteTry(LEASE, Lane.FRESH, new BatchTry(BusPosition.START, 0, 1))),
        named("transact", store -> store.transact(LEASE, tx -> {})),
        named("repair", store -> store.repair(0, tx -> {})));
  }

  @ParameterizedTest
  @MethodSource("storeCalls")
  void store_fails(Function<PartitionStore, CompletionStage<?>> call) {
    assertFails(call.apply(database().store()));
  }

  static Stream<Named<Function<ProgressFeed, CompletionStage<?>>>> feedCalls() {
    return Stream.of(
        named("changedSince", feed -> feed.changedSince(Optional.empty())),
        named("of", feed -> feed.of(EPOCH)),
        named("ledger", feed -> feed.ledger(EPOCH, 1, 2)),
        named("close", feed -> feed.close(EPOCH)),
        named("deleted", ProgressFeed::deleted));
  }

  @ParameterizedTest
  @MethodSource("feedCalls")
  void feed_fails(Function<ProgressFeed, CompletionStage<?>> call) {
    assertFails(call.apply(database().feed()));
  }

  static Stream<Named<Function<AgentRegistry, CompletionStage<?>>>> registryCalls() {
    return Stream.of(
        named("find", registry -> registry.find(AGENT)),
        named(
            "addJoinToken",
            registry ->
                registry.addJoinToken(
                    new JoinToken("digest", Optional.empty(), Map.of(), 1, 1, "admin"))),
        named(
            "enrol",
            registry ->
                registry.enrol(
                    new EnrolmentRequest("digest", "hw", "1", AGENT, KEY, id -> new byte[1]), 0)),
        named("prove", registry -> registry.prove(AGENT, KEY, 0)),
        named("heard", registry -> registry.heard(AGENT, "1", 0)),
        named("list", AgentRegistry::list));
  }

  /** That is not the same as an unknown agent or token. */
  @ParameterizedTest
  @MethodSource("registryCalls")
  void registry_fails(Function<AgentRegistry, CompletionStage<?>> call) {
    assertFails(call.apply(registry()));
  }

  static Stream<Named<Consumer<MetricQueries>>> queryCalls() {
    return Stream.of(
        named("latest", queries -> queries.latest(AGENT, "", 0, 1)),
        named(
            "range",
            queries -> queries.range(new RangeQuery(AGENT, "cpu", Map.of(), 0, 1, 0, 1, 1))),
        named("balance", queries -> queries.balance(AGENT)),
        named("describe", MetricQueries::describe));
  }

  @ParameterizedTest
  @MethodSource("queryCalls")
  void queries_throw(Consumer<MetricQueries> call) {
    assertThrows(() -> call.accept(database().queries()));
  }

  static Stream<Named<Consumer<QuarantineQueries>>> quarantineCalls() {
    return Stream.of(
        named(
            "list",
            rows ->
                rows.list(new QuarantineQueries.Filter(Optional.empty(), Optional.empty(), 1, 1))),
        named("find", rows -> rows.find(1)));
  }

  @ParameterizedTest
  @MethodSource("quarantineCalls")
  void quarantine_throws(Consumer<QuarantineQueries> call) {
    assertThrows(() -> call.accept(database().quarantine()));
  }

  static Stream<Named<Consumer<OperatorStore>>> operatorCalls() {
    return Stream.of(
        named("find", operators -> operators.find("admin")),
        named(
            "addFirst", operators -> operators.addFirst(new Operator("admin", Role.ADMIN, "hash"))),
        named("changePassword", operators -> operators.changePassword("admin", "hash")),
        named(
            "addToken",
            operators ->
                operators.addToken(new ApiToken("1", "digest", "n", "admin", Role.ADMIN, 1, 0))),
        named("findToken", operators -> operators.findToken("digest", 0)),
        named("tokens", OperatorStore::tokens));
  }

  @ParameterizedTest
  @MethodSource("operatorCalls")
  void operators_throw(Consumer<OperatorStore> call) {
    assertThrows(() -> call.accept(operators()));
  }

  private static void assertFails(CompletionStage<?> stage) {
    assertThatThrownBy(() -> Stages.await(stage)).isInstanceOf(PortUnavailableException.class);
  }

  private static void assertThrows(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(PortUnavailableException.class);
  }
}
