package dev.sentinelj.application.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.ProgressFeed;
import dev.sentinelj.testkit.Stages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class EpochClosingsTest {
  private final SlowFeed feed = new SlowFeed();
  private final EpochClosings closings = new EpochClosings(feed);

  @Test
  void close_whileTheSameIsUnderWay_asksTheStoreOnce() {
    CompletionStage<Void> one = closings.close(epoch(1));
    CompletionStage<Void> other = closings.close(epoch(1));
    assertThat(feed.closes).hasSize(1);

    feed.closes.getFirst().complete(null);

    Stages.await(one);
    Stages.await(other);
    closings.close(epoch(1));
    assertThat(feed.closes).hasSize(2);
  }

  @Test
  void close_whenItFails_failsForAllAndIsTriedAgain() {
    CompletionStage<Void> one = closings.close(epoch(1));
    CompletionStage<Void> other = closings.close(epoch(1));

    feed.closes.getFirst().completeExceptionally(new PortUnavailableException("closing"));

    assertThatThrownBy(() -> Stages.await(one)).isInstanceOf(PortUnavailableException.class);
    assertThatThrownBy(() -> Stages.await(other)).isInstanceOf(PortUnavailableException.class);
    closings.close(epoch(1));
    assertThat(feed.closes).hasSize(2);
  }

  @Test
  void close_ofTooManyAtOnce_isToBeAskedAgain() {
    for (int i = 0; i < EpochClosings.MAX_UNDER_WAY; i++) {
      closings.close(epoch(i));
    }

    assertThatThrownBy(() -> Stages.await(closings.close(epoch(99))))
        .isInstanceOf(PortUnavailableException.class);
    feed.closes.getFirst().complete(null);
    closings.close(epoch(99));
    assertThat(feed.closes).hasSize(EpochClosings.MAX_UNDER_WAY + 1);
  }

  private static EpochId epoch(long number) {
    return new EpochId(new AgentId("web-1"), number);
  }

  /** Closes an epoch when told. */
  private static final class SlowFeed implements ProgressFeed {
    private final List<CompletableFuture<Void>> closes = new ArrayList<>();

    @Override
    public CompletionStage<Void> close(EpochId epoch) {
      closes.add(new CompletableFuture<>());
      return closes.getLast();
    }

    @Override
    public CompletionStage<Page> changedSince(Optional<String> cursor) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<EpochWord> of(EpochId epoch) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<List<ReconcileAnswer.Row>> ledger(EpochId epoch, long from, long to) {
      throw new UnsupportedOperationException();
    }

    @Override
    public CompletionStage<List<AgentId>> deleted() {
      throw new UnsupportedOperationException();
    }
  }
}
