package dev.sentinelj.application.worker;

import dev.sentinelj.application.gateway.AgentDirectory;
import dev.sentinelj.application.worker.PullReader.Opened;
import dev.sentinelj.application.worker.PullScript.Pull;
import dev.sentinelj.application.worker.WorkerStrand.Shape;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.QuarantineReason;
import dev.sentinelj.core.frame.FrameEntry;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Turns opened messages into the items of one transaction, within the bound on cells. One use. */
final class PullBuilder {
  private static final String POISON = "failed " + LaneCursor.MAX_TRIES + " times alone";
  private static final String UNENTERED = "even entering it failed again and again";

  private final BatchJudge judge;
  private final Map<AgentId, AgentDirectory.Answer> agents;
  private final LaneCursor cursor;
  private final WorkerLimits limits;
  private final List<PullItem> items = new ArrayList<>();
  private long lastTick;
  private long cells;
  private int messages;
  private int batches;
  private BusPosition to;
  private boolean moves = true;

  /**
   * @param lastTick the last tick before the messages
   */
  PullBuilder(
      BatchJudge judge,
      Map<AgentId, AgentDirectory.Answer> agents,
      LaneCursor cursor,
      long lastTick,
      WorkerLimits limits) {
    this.judge = judge;
    this.agents = agents;
    this.cursor = cursor;
    this.lastTick = lastTick;
    this.limits = limits;
    this.to = cursor.read();
  }

  /**
   * As many of {@code opened} as fit, at least one; empty when the first does not fit and has to be
   * done batch by batch.
   */
  Optional<Pull> build(List<Opened> opened) {
    for (Opened message : opened) {
      int before = items.size();
      long tickBefore = lastTick;
      add(message);
      boolean alone = cursor.index().isPresent();
      if (cells > limits.pullCells() && !alone) {
        items.subList(before, items.size()).clear();
        lastTick = tickBefore;
        break;
      }
      messages++;
      to = message.position();
    }
    return messages == 0
        ? Optional.empty()
        : Optional.of(
            new Pull(cursor.address().lane(), cursor.committed(), to, moves, alone(), items));
  }

  private Optional<LaneCursor.Way> alone() {
    return cursor.index().isPresent() ? Optional.of(cursor.way()) : Optional.empty();
  }

  Shape shape() {
    return new Shape(messages, batches, lastTick);
  }

  private void add(Opened message) {
    switch (message) {
      case Opened.Tick(_, long second) -> lastTick = Math.max(lastTick, second);
      case Opened.Bad(BusPosition position, byte[] bytes, String detail) ->
          items.add(new PullItem.BadFrame(position, bytes, detail));
      case Opened.Batches(BusPosition position, List<FrameEntry> entries) ->
          addBatches(position, entries);
    }
  }

  private void addBatches(BusPosition position, List<FrameEntry> entries) {
    if (messages == 0) {
      batches = entries.size();
    }
    OptionalInt only = cursor.index();
    if (only.isPresent()) {
      int index = only.getAsInt();
      moves = index >= entries.size() - 1;
      if (index < entries.size()) {
        items.add(item(position, index, entries.get(index)));
      }
      return;
    }
    for (int index = 0; index < entries.size() && cells <= limits.pullCells(); index++) {
      items.add(item(position, index, entries.get(index)));
    }
  }

  private PullItem item(BusPosition position, int index, FrameEntry entry) {
    JournalRow row =
        new JournalRow(
            cursor.address().lane(),
            position,
            index,
            entry.attempt(),
            entry.sentAtMillis(),
            lastTick,
            entry.batch());
    AgentDirectory.Answer found =
        agents.getOrDefault(entry.batch().id().agent(), new AgentDirectory.Answer.Unknown());
    return switch (cursor.way()) {
      case STORE -> counted(judge.judge(row, found, entry.sets()));
      case ASIDE, UNSETTLED ->
          judge.undecoded(row, found, entry.sets(), QuarantineReason.POISON, POISON);
      case UNENTERED -> new PullItem.Unbelieved(row, QuarantineReason.POISON, UNENTERED);
    };
  }

  private PullItem counted(PullItem item) {
    if (item instanceof PullItem.Believed believed
        && believed.content() instanceof PullItem.Content.Data data) {
      cells += data.cells();
    }
    return item;
  }
}
