package dev.sentinelj.application.simulation;

import dev.sentinelj.adapters.memory.DatabaseView;
import dev.sentinelj.application.simulation.Book.Fact;
import dev.sentinelj.application.simulation.Book.Written;
import dev.sentinelj.application.simulation.Broken.Promise;
import dev.sentinelj.application.simulation.Tally.Count;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.ports.driven.PartitionTransaction.QuarantineRow;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The last word on a run: every sample that was promised is looked for by its value, which exists
 * once in the world, among rows, what was kept aside and what was recorded as lost.
 */
final class Judgement {
  /** Reasons for which a batch is kept aside whole, and counts. */
  private static final Set<String> WHOLE = Set.of("malformed", "poison", "no_set", "set_limit");

  /** A sample may be so far ahead of the bus's clock. */
  private static final long MOST_AHEAD_MILLIS = 10 * 60_000;

  private final Plant plant;
  private final DatabaseView database;

  /** How often each value was found. */
  private final Map<Double, Integer> found = new HashMap<>();

  private final Map<AgentId, OfAgent> counts = new HashMap<>();

  private Tally tally = Tally.NONE;

  Judgement(Plant plant) {
    this.plant = plant;
    this.database = new DatabaseView(plant.database());
  }

  /** What was counted of one agent, to compare its balances with. */
  private static final class OfAgent {
    private long rows;
    private long aside;
    private long nansAside;
    private long nansExpected;
    private long missing;
  }

  /**
   * @throws Broken unless every count that must be 0 is
   */
  Tally tally() {
    database.samples(this::row);
    plant.database().quarantined().forEach(this::aside);
    plant.book().written().forEach(this::judge);
    plant.agents().stream().map(agent -> agent.epoch().agent()).distinct().forEach(this::balance);
    add(Count.RUNS, 1);
    add(Count.BATCHES, plant.book().appends());
    add(Count.DELETED, plant.book().segmentsDeleted());
    add(Count.EVENTS, plant.scenario().events().size());
    Broken.unless(tally.get(Count.LOST) == 0, Promise.NOTHING_LOST, tally::verdict);
    Broken.unless(tally.get(Count.DOUBLED) == 0, Promise.NOTHING_DOUBLED, tally::verdict);
    Broken.unless(tally.get(Count.PHANTOM) == 0, Promise.NOTHING_INVENTED, tally::verdict);
    Broken.unless(tally.get(Count.ALTERED) == 0, Promise.NOTHING_ALTERED, tally::verdict);
    Broken.unless(
        tally.get(Count.UNACCOUNTED) == 0, Promise.EVERYTHING_ACCOUNTED_FOR, tally::verdict);
    return tally;
  }

  private OfAgent count(AgentId agent) {
    return counts.computeIfAbsent(agent, _ -> new OfAgent());
  }

  private void row(AgentId agent, Series series, long timeMillis, double value) {
    count(agent).rows++;
    Fact fact = plant.book().fact(value);
    if (fact == null) {
      add(Count.PHANTOM, 1);
      note("phantom " + value + " of " + agent);
    } else if (!fact.agent().equals(agent)
        || !fact.series().equals(series)
        || fact.timeMillis() != timeMillis) {
      add(Count.ALTERED, 1);
      note("altered " + value + " of " + agent + ": " + fact);
    }
    found.merge(value, 1, Integer::sum);
  }

  private void aside(QuarantineRow row) {
    if (row.samples() > 0 && row.id().isPresent()) {
      AgentId agent = row.id().get().agent();
      count(agent).aside += row.samples();
      if (WHOLE.contains(row.reason())) {
        asideBatch(agent, row);
      } else {
        asideSamples(agent, row);
      }
    }
  }

  private void asideBatch(AgentId agent, QuarantineRow row) {
    SignedBatch batch = SignedBatch.readFrom(new WireReader(row.bytes()));
    Written written = plant.book().written(batch);
    boolean kept = (written == null || !written.spoiled()) && !plant.book().wentBack();
    boolean inVain = kept && !plant.book().wasSetBack(agent);
    Broken.unless(
        row.reason().equals("no_set") && !inVain,
        Promise.NOTHING_GIVEN_UP,
        () -> row.id() + " was kept aside for no reason: " + row.reason() + ", " + row.detail());
    if (written == null) {
      add(Count.PHANTOM, row.samples());
      note("phantom " + batch.id() + " kept aside");
    } else {
      written.values().forEach(value -> found.merge(value, 1, Integer::sum));
      count(agent).nansAside += written.nans();
    }
  }

  /** Reads the text form of single samples. */
  private void asideSamples(AgentId agent, QuarantineRow row) {
    for (String line : new String(row.bytes(), StandardCharsets.UTF_8).lines().toList()) {
      if (line.startsWith(" ")) {
        String[] words = line.strip().split(" ", 2);
        double value = Double.parseDouble(words[1]);
        long timeMillis = Long.parseLong(words[0]);
        requireReason(row, timeMillis, value);
        if (Double.isNaN(value)) {
          count(agent).nansAside++;
        } else {
          asideSample(value, timeMillis);
        }
      }
    }
  }

  private static void requireReason(QuarantineRow row, long timeMillis, double value) {
    long age = row.receivedAtMillis() - timeMillis;
    boolean timely = -MOST_AHEAD_MILLIS <= age && age <= SimulatedWorker.RETENTION.toMillis();
    Broken.unless(
        row.reason().equals("nan") ? Double.isNaN(value) : row.reason().equals("time") && !timely,
        Promise.NOTHING_GIVEN_UP,
        () ->
            value + " at " + timeMillis + " of " + row.id() + " was kept aside as " + row.reason());
  }

  private void asideSample(double value, long timeMillis) {
    Fact fact = plant.book().fact(value);
    if (fact == null) {
      add(Count.PHANTOM, 1);
    } else if (fact.timeMillis() != timeMillis) {
      add(Count.ALTERED, 1);
    }
    found.merge(value, 1, Integer::sum);
  }

  private void judge(Written batch) {
    long here = 0;
    long more = 0;
    for (double value : batch.values()) {
      int times = found.getOrDefault(value, 0);
      here += times > 0 ? 1 : 0;
      more += Math.max(0, times - 1);
    }
    if (more > 0) {
      add(Count.DOUBLED, more);
      note("doubled " + batch.batch().id());
    }
    add(Count.SAMPLES, size(batch));
    OfAgent count = count(batch.batch().id().agent());
    if (here > 0 || plant.book().ledgered(batch.batch())) {
      count.nansExpected += batch.nans();
      count.missing += batch.values().size() - here;
    } else if (batch.promised()) {
      missing(batch);
    }
  }

  private static long size(Written batch) {
    return batch.values().size() + batch.nans();
  }

  private void missing(Written batch) {
    if (plant.book().idsOf(batch.batch()).stream().anyMatch(id -> recorded(id, batch))) {
      add(Count.RECORDED, size(batch));
    } else if (plant.book().forgotten(batch) || plant.book().unspoken(batch, plant.held())) {
      add(Count.GONE, size(batch));
    } else if (plant.book().isConfused(batch.batch().id().agent())) {
      add(Count.OPEN, 1);
    } else {
      add(Count.LOST, size(batch));
      note("lost " + batch.batch().id());
    }
  }

  /** Whether a loss names it, for a reason that there was. */
  private boolean recorded(BatchId id, Written batch) {
    return database.losses().getOrDefault(id.epoch(), List.of()).stream()
        .filter(loss -> loss.from() <= id.seq() && id.seq() <= loss.to())
        .anyMatch(loss -> justified(loss.reason(), batch));
  }

  private boolean justified(LossReason reason, Written batch) {
    return switch (reason) {
      case CORRUPT, TORN -> batch.spoiled();
      case DROPPED -> batch.spoiled() || plant.book().wentBack(); // before its own loss came
      case VANISHED -> plant.book().wentBack();
      case REFUSED -> false;
    };
  }

  /** Balances close, and what they count is what is there. */
  private void balance(AgentId agent) {
    Balance sum = Balance.ZERO;
    for (EpochProgress epoch : database.progress()) {
      if (epoch.epoch().agent().equals(agent)) {
        close(epoch);
        sum = sum.plus(epoch.balance());
      }
    }
    OfAgent count = count(agent);
    unaccounted("rows of " + agent, sum.stored() - count.rows);
    unaccounted("samples aside of " + agent, sum.quarantined() - count.aside);
    if (plant.book().series(agent) <= plant.option(Option.SERIES_BUDGET)) {
      unaccounted("overflow within the budget of " + agent, sum.overflow());
    }
    // a sample that is no number in a series above the budget counts as overflow
    unaccounted(
        "overflow of " + agent,
        sum.overflow() + count.nansAside - count.missing - count.nansExpected);
  }

  private void close(EpochProgress epoch) {
    long difference = isSpokenFor(epoch) ? epoch.balance().unaccounted() : 0;
    if (plant.book().isConfused(epoch.epoch().agent())) {
      add(Count.OPEN, difference == 0 ? 0 : 1);
    } else {
      unaccounted("the balance of " + epoch, difference);
    }
  }

  /** Whether somebody can know what was collected. */
  private boolean isSpokenFor(EpochProgress epoch) {
    return epoch.closed()
        || !plant.book().wasSetBack(epoch.epoch().agent())
        || plant.agents().stream().anyMatch(one -> one.holds(epoch.epoch()));
  }

  private void unaccounted(String what, long difference) {
    if (difference != 0) {
      add(Count.UNACCOUNTED, Math.abs(difference));
      note("unaccounted: " + what + " is off by " + difference);
    }
  }

  private void add(Count what, long number) {
    tally = tally.plus(Tally.of(what, number));
  }

  private void note(String what) {
    plant.world().trace(what);
  }
}
