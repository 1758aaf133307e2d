package dev.sentinelj.runners.server;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.ports.driven.ProgressFeed;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whoever reads the server's log, once per epoch, that an agent was copied: a batch was kept
 * as {@code fork}, or an agent closed the epoch. What the first page has happened before this
 * process began, and was told then.
 */
final class ForkWatch implements ProgressFeed {
  private static final Logger LOG = LoggerFactory.getLogger(ForkWatch.class);

  /** Epochs beyond this are forgotten, the longest known first; one may be told again then. */
  static final int MAX_EPOCHS = 10_000;

  private final ProgressFeed source;
  private final Consumer<String> warning;
  private final SequencedSet<EpochId> known = new LinkedHashSet<>();

  ForkWatch(ProgressFeed source, Consumer<String> warning) {
    this.source = source;
    this.warning = warning;
  }

  static ForkWatch logging(ProgressFeed source) {
    return new ForkWatch(source, LOG::warn);
  }

  @Override
  public CompletionStage<Page> changedSince(Optional<String> cursor) {
    return source
        .changedSince(cursor)
        .whenComplete((page, _) -> {
          if (page != null) {
            look(page, cursor.isPresent());
          }
        });
  }

  @Override
  public CompletionStage<EpochWord> of(EpochId epoch) {
    return source.of(epoch);
  }

  @Override
  public CompletionStage<List<ReconcileAnswer.Row>> ledger(EpochId epoch, long from, long to) {
    return source.ledger(epoch, from, to);
  }

  @Override
  public CompletionStage<Void> close(EpochId epoch) {
    return source.close(epoch);
  }

  @Override
  public CompletionStage<List<AgentId>> deleted() {
    return source.deleted();
  }

  private synchronized void look(Page page, boolean news) {
    for (EpochWord word : page.words()) {
      EpochProgress progress = word.committed().progress();
      boolean copied = progress.closed() || progress.forked();
      if (copied && known.add(progress.epoch()) && news) {
        warning.accept(text(progress));
      }
    }
    while (known.size() > MAX_EPOCHS) {
      known.removeFirst();
    }
  }

  private static String text(EpochProgress progress) {
    return "agent "
        + progress.epoch().agent()
        + " was copied: epoch "
        + EpochId.hex(progress.epoch().epoch())
        + (progress.closed()
            ? " was closed by an agent whose log has a twin"
            : " got two contents under one number, and the second is kept as fork")
        + ". Its agents go on in epochs of their own and carry over what is missing here; nothing"
        + " is lost. Two hosts that report as one agent need two ids: see \"A copied agent\" in"
        + " README.md";
  }
}
