package dev.sentinelj.application.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Something that goes wrong at a fixed time.
 *
 * @param atMillis when, from the start
 * @param what goes wrong
 * @param whom which agent, gateway, worker or partition, counted round
 * @param how its strength; what that means depends on {@code what}
 * @param lastsMillis after so long it is mended; some mend at once
 */
record Event(long atMillis, What what, int whom, long how, long lastsMillis) {

  /** What goes wrong, with how often it is drawn, how strong it is and how long it lasts. */
  enum What {
    /** Power fails. {@code how} 0: now; n: at the n-th step from now, in the middle of a task. */
    KILL_AGENT(10, 40, 2_000),
    KILL_GATEWAY(5, 60, 4_000),
    KILL_WORKER(5, 60, 6_000),
    /** The machine of an agent is saved. */
    SAVE_AGENT(2, 0, 0),
    /** The machine of an agent is set back to what was saved last, or to its beginning. */
    SET_AGENT_BACK(2, 0, 2_000),
    /** The directory of an agent is copied, and an agent runs on the copy as well. */
    COPY_AGENT(2, 0, 0),
    /** It gives its leases back. */
    STOP_WORKER(1, 0, 4_000),
    /** It stands still and goes on where it was. */
    FREEZE_WORKER(4, 0, 12_000),
    /** All connections of an agent break. */
    CUT(4, 0, 0),
    /** An agent reaches no gateway. */
    ISOLATE(4, 0, 8_000),
    BUS_AWAY(3, 0, 4_000),
    BUS_LOSES_ALL(3, 0, 4_000),
    /** A queue of the bus loses its newest {@code how} messages. */
    BUS_LOSES_TAIL(4, 6, 4_000),
    /** A message of a queue, the {@code how}-th of the newest, cannot be read any more. */
    BUS_ROTS(3, 6, 0),
    /** Somebody copies the bus's disk. */
    BUS_COPIED(2, 0, 0),
    /** The bus gets the disk that was copied last. */
    BUS_REPLACED(2, 0, 4_000),
    DATABASE_AWAY(4, 0, 9_000),
    DATABASE_SAVED(2, 0, 0),
    /** It goes back to what was saved last, or to its beginning. */
    DATABASE_RESTORED(2, 0, 3_000),
    /** It loses the definitions of all series sets. */
    SETS_LOST(1, 0, 0),
    /** A durable record of an agent's log, the {@code how}-th of the newest, cannot be read. */
    DAMAGE(3, 12, 0),
    /** Power fails, and the last durable record cannot be told from one never finished. */
    TEAR(3, 0, 2_000),
    /** A wall clock is off by {@code how} minutes less 180. */
    AGENT_CLOCK(4, 360, 0),
    GATEWAY_CLOCK(1, 360, 8_000);

    private final int weight;
    private final long strongest;
    private final long longest;

    What(int weight, long strongest, long longest) {
      this.weight = weight;
      this.strongest = strongest;
      this.longest = longest;
    }

    private static final int ALL = weights();

    private static int weights() {
      int sum = 0;
      for (What what : values()) {
        sum += what.weight;
      }
      return sum;
    }

    private static What draw(RandomGenerator random) {
      int left = random.nextInt(ALL);
      for (What what : values()) {
        left -= what.weight;
        if (left < 0) {
          return what;
        }
      }
      throw new IllegalStateException("the weights do not add up");
    }
  }

  static Event drawn(RandomGenerator random, long withinMillis) {
    What what = What.draw(random);
    long how = random.nextInt(4) == 0 ? 0 : random.nextLong(what.strongest + 1);
    return new Event(
        random.nextLong(withinMillis),
        what,
        random.nextInt(6),
        how,
        random.nextLong(what.longest + 1));
  }

  /** The same, weaker or shorter. */
  List<Event> simpler() {
    List<Event> simpler = new ArrayList<>();
    if (how != 0) {
      simpler.add(new Event(atMillis, what, whom, 0, lastsMillis));
    }
    if (lastsMillis != 0) {
      simpler.add(new Event(atMillis, what, whom, how, 0));
    }
    return simpler;
  }

  /** As it is written in a test. */
  @Override
  public String toString() {
    return "new Event(%d, %s, %d, %d, %d)".formatted(atMillis, what, whom, how, lastsMillis);
  }
}
