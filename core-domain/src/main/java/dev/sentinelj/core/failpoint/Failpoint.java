package dev.sentinelj.core.failpoint;

import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Places on both sides of every acknowledgement where a process may be made to die, as in etcd.
 * Each is a no-op that the compiler removes, unless the system property {@value #PROPERTY} named it
 * when this class was loaded: {@code NAME:HIT:ACTION}, where {@code HIT} counts from 1 and {@code
 * ACTION} is {@code halt}, which ends the JVM as {@code kill -9} does, or {@code throw}. The table
 * in {@code docs/ARCHITECTURE.md} lists them.
 */
public enum Failpoint {
  /** A record is gathered, nothing of it is in the file. */
  WAL_APPEND_BEFORE_WRITE("wal.append.before_write"),
  /** A record is written and not synced. */
  WAL_APPEND_BEFORE_SYNC("wal.append.before_sync"),
  /** A record is durable and its append has not returned. */
  WAL_APPEND_AFTER_SYNC("wal.append.after_sync"),
  /** A new segment is durable and takes no record yet. */
  WAL_SEGMENT_BEGUN("wal.segment.begun"),
  /** The database has all of a segment, which still stands. */
  WAL_DELETE_BEFORE("wal.delete.before"),
  /** A segment is deleted and the log's memory still has it. */
  WAL_DELETE_AFTER("wal.delete.after"),

  /** A batch is durable and about to be sent. */
  AGENT_PUSH_BEFORE("agent.push.before"),
  /** A batch is on its way. */
  AGENT_PUSH_AFTER("agent.push.after"),
  /** {@code accepted} has come and nothing was made of it. */
  AGENT_ACCEPTED_HEARD("agent.accepted.heard"),
  /** {@code committed} has come and nothing was made of it. */
  AGENT_COMMITTED_HEARD("agent.committed.heard"),
  /** An answer about a segment has come and nothing was made of it. */
  AGENT_RECONCILE_HEARD("agent.reconcile.heard"),
  /** A new log takes the batches and the epoch of the former one is not closed. */
  AGENT_CLOSE_BEFORE("agent.close.before"),
  /** The former epoch is closed and nothing was made of it. */
  AGENT_CLOSED_HEARD("agent.closed.heard"),
  /** A batch of a former log is durable in the new one too. */
  AGENT_COPIED("agent.copied"),
  /** All of a former log is carried over and its last word is not written. */
  AGENT_MOVED_BEFORE("agent.moved.before"),
  /** The last word on a former log is durable and the log still stands. */
  AGENT_RETIRE_BEFORE("agent.retire.before"),

  /** A batch is believed and waits for its frame. */
  GATEWAY_BATCH_BELIEVED("gateway.batch.believed"),
  /** A frame is sealed and not handed to the bus. */
  GATEWAY_PUBLISH_BEFORE("gateway.publish.before"),
  /** The bus has acknowledged a frame and its agents do not know. */
  GATEWAY_PUBLISH_AFTER("gateway.publish.after"),
  /** The database's marks were read and their agents do not know. */
  GATEWAY_COMMITTED_BEFORE_SEND("gateway.committed.before_send"),
  /** The database was asked about a segment and the agent does not know what it said. */
  GATEWAY_RECONCILE_BEFORE_REPLY("gateway.reconcile.before_reply"),

  /** A message is gathered, nothing of it is in the file. */
  BUS_APPEND_BEFORE_WRITE("bus.append.before_write"),
  /** A message is written and not synced. */
  BUS_APPEND_BEFORE_SYNC("bus.append.before_sync"),
  /** A message is durable and its publication has not returned. */
  BUS_APPEND_AFTER_SYNC("bus.append.after_sync"),
  /** What lies before a position is about to be let go. */
  BUS_FORGET_BEFORE("bus.forget.before"),
  /** A segment of the bus holds nothing wanted and still stands. */
  BUS_DELETE_BEFORE("bus.delete.before"),
  /** A segment of the bus is deleted and the bus's memory still has it. */
  BUS_DELETE_AFTER("bus.delete.after"),

  /** Messages were read from the bus, no transaction was begun. */
  WORKER_FETCHED("worker.fetched"),
  /** The epochs of a pull are locked, the ledger was not asked. */
  WORKER_LOCKED("worker.locked"),
  /** The ledger has the batches of a pull, their samples are nowhere. */
  WORKER_CLAIMED("worker.claimed"),
  /** All of a pull is handed to its transaction but the position. */
  WORKER_MOVE_BEFORE("worker.move.before"),
  /** The samples of a pull are copied into the database, its journal rows are not. */
  WORKER_COPIED("worker.copied"),
  /** All of a pull is written and not committed. */
  WORKER_COMMIT_BEFORE("worker.commit.before"),
  /** A pull is committed and the worker does not know. */
  WORKER_COMMIT_AFTER("worker.commit.after");

  /** The system property that arms one of them. */
  public static final String PROPERTY = "sentinel.failpoint";

  /** Exit code of a process that was killed by SIGKILL, as a shell tells it. */
  public static final int KILLED = 137;

  private static final Armed ARMED = Armed.parse(System.getProperty(PROPERTY, ""));

  private final String id;

  Failpoint(String id) {
    this.id = id;
  }

  /** Its name in {@value #PROPERTY} and in the documentation. */
  public String id() {
    return id;
  }

  /**
   * Called where the code passes this place.
   *
   * @throws FailpointException when this place is armed to throw and this is the hit that counts
   */
  public void hit() {
    if (ARMED.point == this) {
      ARMED.hit();
    }
  }

  static Failpoint of(String id) {
    return Arrays.stream(values())
        .filter(point -> point.id.equals(id))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no failpoint is called " + id));
  }

  enum Action {
    HALT,
    THROW
  }

  /** Which place is armed, if any. */
  static final class Armed {
    final @Nullable Failpoint point;
    final long onHit;
    final Action action;
    private final AtomicLong hits = new AtomicLong();

    private Armed(@Nullable Failpoint point, long onHit, Action action) {
      this.point = point;
      this.onHit = onHit;
      this.action = action;
    }

    static Armed parse(String text) {
      if (text.isEmpty()) {
        return new Armed(null, 0, Action.THROW);
      }
      String[] parts = text.split(":", -1);
      if (parts.length != 3) {
        throw new IllegalArgumentException(PROPERTY + " is NAME:HIT:ACTION, not " + text);
      }
      Action action = Action.valueOf(parts[2].toUpperCase(Locale.ROOT));
      return new Armed(of(parts[0]), Long.parseLong(parts[1]), action);
    }

    void hit() {
      if (hits.incrementAndGet() != onHit) {
        return;
      }
      if (action == Action.HALT) {
        Runtime.getRuntime().halt(KILLED);
      }
      throw new FailpointException("failpoint " + point);
    }
  }
}
