package dev.sentinelj.runners.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.ProgressFeed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class ForkWatchTest {
  private static final Optional<String> LATER = Optional.of("7");

  private final ScriptedFeed feed = new ScriptedFeed();
  private final List<String> told = new ArrayList<>();
  private final ForkWatch watch = new ForkWatch(feed, told::add);

  @Test
  void changedSince_withAnEpochThatIsOpen_tellsNothing() {
    feed.tell(open(1));

    watch.changedSince(LATER);

    assertThat(told).isEmpty();
  }

  @Test
  void changedSince_withAForkedEpoch_tellsItOnce() {
    feed.tell(open(0xbeef).withFork());

    watch.changedSince(LATER);
    feed.tell(open(0xbeef).withFork().withClosed());
    watch.changedSince(LATER);

    assertThat(told).singleElement().asString().contains("web-1", "beef", "fork", "README.md");
  }

  @Test
  void changedSince_withAClosedEpoch_saysWhoClosedIt() {
    feed.tell(open(0xbeef).withClosed());

    watch.changedSince(LATER);

    assertThat(told).singleElement().asString().contains("closed by an agent");
  }

  @Test
  void changedSince_onTheFirstPage_tellsNothingThen_andNothingOfItLater() {
    feed.tell(open(1).withClosed());

    watch.changedSince(Optional.empty());
    feed.tell(open(1).withClosed(), open(2).withClosed());
    watch.changedSince(LATER);

    assertThat(told).singleElement().asString().contains("0000000000000002");
  }

  @Test
  void changedSince_withMoreEpochsThanItRemembers_forgetsTheOldest() {
    for (int epoch = 0; epoch <= ForkWatch.MAX_EPOCHS; epoch++) {
      feed.tell(open(epoch).withClosed());
      watch.changedSince(LATER);
    }
    told.clear();

    feed.tell(open(0).withClosed(), open(2).withClosed());
    watch.changedSince(LATER);

    assertThat(told).singleElement().asString().contains("0000000000000000");
  }

  @Test
  void changedSince_withoutAnAnswer_failsAsTheSourceDoes() {
    feed.page = CompletableFuture.failedFuture(new PortUnavailableException("scripted"));

    assertThat(watch.changedSince(LATER)).isCompletedExceptionally();
    assertThat(told).isEmpty();
  }

  private static EpochProgress open(long epoch) {
    return EpochProgress.start(new EpochId(new AgentId("web-1"), epoch));
  }

  private static final class ScriptedFeed implements ProgressFeed {
    private CompletionStage<Page> page = CompletableFuture.failedFuture(new AssertionError());

    void tell(EpochProgress... epochs) {
      List<EpochWord> words =
          List.of(epochs).stream()
              .map(epoch -> new EpochWord(new Committed(epoch, List.of(), List.of()), List.of()))
              .toList();
      page = CompletableFuture.completedFuture(new Page(words, "7"));
    }

    @Override
    public CompletionStage<Page> changedSince(Optional<String> cursor) {
      return page;
    }

    @Override
    public CompletionStage<EpochWord> of(EpochId epoch) {
      throw new AssertionError("not asked");
    }

    @Override
    public CompletionStage<List<ReconcileAnswer.Row>> ledger(EpochId epoch, long from, long to) {
      throw new AssertionError("not asked");
    }

    @Override
    public CompletionStage<Void> close(EpochId epoch) {
      throw new AssertionError("not asked");
    }

    @Override
    public CompletionStage<List<AgentId>> deleted() {
      throw new AssertionError("not asked");
    }
  }
}
