package dev.sentinelj.application.simulation;

import static dev.sentinelj.application.simulation.Event.What.BUS_LOSES_ALL;
import static dev.sentinelj.application.simulation.Event.What.BUS_LOSES_TAIL;
import static dev.sentinelj.application.simulation.Event.What.BUS_REPLACED;
import static dev.sentinelj.application.simulation.Event.What.BUS_ROTS;
import static dev.sentinelj.application.simulation.Event.What.COPY_AGENT;
import static dev.sentinelj.application.simulation.Event.What.DAMAGE;
import static dev.sentinelj.application.simulation.Event.What.DATABASE_RESTORED;
import static dev.sentinelj.application.simulation.Event.What.FREEZE_WORKER;
import static dev.sentinelj.application.simulation.Event.What.KILL_AGENT;
import static dev.sentinelj.application.simulation.Event.What.KILL_GATEWAY;
import static dev.sentinelj.application.simulation.Event.What.KILL_WORKER;
import static dev.sentinelj.application.simulation.Event.What.STOP_WORKER;
import static dev.sentinelj.application.simulation.Event.What.TEAR;
import static dev.sentinelj.application.simulation.Option.AGENTS;
import static dev.sentinelj.application.simulation.Option.BATCH_MILLIS;
import static dev.sentinelj.application.simulation.Option.BODIES_DAMAGED;
import static dev.sentinelj.application.simulation.Option.BUS_ANSWERS_LOST;
import static dev.sentinelj.application.simulation.Option.BUS_REFUSALS;
import static dev.sentinelj.application.simulation.Option.DATABASE_ANSWERS_LOST;
import static dev.sentinelj.application.simulation.Option.DATABASE_ROLLBACKS;
import static dev.sentinelj.application.simulation.Option.DISK_REFUSALS;
import static dev.sentinelj.application.simulation.Option.FAULTS_MILLIS;
import static dev.sentinelj.application.simulation.Option.GATEWAYS;
import static dev.sentinelj.application.simulation.Option.IN_FLIGHT;
import static dev.sentinelj.application.simulation.Option.NANS;
import static dev.sentinelj.application.simulation.Option.PARTITIONS;
import static dev.sentinelj.application.simulation.Option.PULL_MESSAGES;
import static dev.sentinelj.application.simulation.Option.READ_MILLIS;
import static dev.sentinelj.application.simulation.Option.SEGMENT_BYTES;
import static dev.sentinelj.application.simulation.Option.SOURCES;
import static dev.sentinelj.application.simulation.Option.SYNC_MILLIS;
import static dev.sentinelj.application.simulation.Option.WORKERS;
import static dev.sentinelj.application.simulation.Option.WORKER_POLL_MILLIS;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Runs that broke a promise once, made small. */
class FoundScenariosTest {

  /** A batch that the ledger turned out to lack was sent once more and then forgotten. */
  @Test
  void seed7644_disputedBatch_isNotForgotten() {
    Scenario.of(
            7644L,
            Options.plain()
                .with(AGENTS, 3)
                .with(FAULTS_MILLIS, 20211)
                .with(NANS, 27)
                .with(READ_MILLIS, 1782)
                .with(BATCH_MILLIS, 919)
                .with(SEGMENT_BYTES, 324)
                .with(SYNC_MILLIS, 109)
                .with(DATABASE_ANSWERS_LOST, 15)
                .with(BUS_REFUSALS, 8)
                .with(BUS_ANSWERS_LOST, 14)
                .with(DISK_REFUSALS, 21)
                .with(BODIES_DAMAGED, 14)
                .with(IN_FLIGHT, 1)
                .with(PULL_MESSAGES, 6)
                .with(WORKER_POLL_MILLIS, 147),
            List.of(
                new Event(4953, DATABASE_RESTORED, 3, 0, 1757),
                new Event(8348, KILL_AGENT, 0, 0, 728),
                new Event(8384, STOP_WORKER, 5, 0, 0),
                new Event(12345, DATABASE_RESTORED, 4, 0, 2946),
                new Event(12950, BUS_LOSES_TAIL, 1, 0, 3175),
                new Event(16150, KILL_GATEWAY, 1, 0, 663),
                new Event(16187, FREEZE_WORKER, 0, 0, 9228),
                new Event(19150, BUS_LOSES_ALL, 0, 0, 0)))
        .run(Sabotage.NONE);
  }

  /** A lane of which nothing was read yet did not show that its bus was another one. */
  @Test
  void seed4694_unreadLaneOfALostBus_isSentAgain() {
    Scenario.of(
            4694L,
            Options.plain(),
            List.of(
                new Event(2316, BUS_LOSES_TAIL, 4, 0, 3996),
                new Event(3012, DAMAGE, 2, 0, 0),
                new Event(8159, BUS_LOSES_ALL, 4, 0, 0)))
        .run(Sabotage.NONE);
  }

  /** A queue was read before it was compared with what was committed of the former one. */
  @Test
  void seed37676_brokerThatWasAway_isComparedBeforeItIsRead() {
    Scenario.of(
            37676L,
            Options.plain()
                .with(AGENTS, 3)
                .with(GATEWAYS, 2)
                .with(WORKERS, 3)
                .with(PARTITIONS, 3)
                .with(FAULTS_MILLIS, 12937)
                .with(READ_MILLIS, 842)
                .with(SYNC_MILLIS, 169)
                .with(WORKER_POLL_MILLIS, 184),
            List.of(
                new Event(2991, KILL_WORKER, 1, 33, 0),
                new Event(7580, BUS_LOSES_TAIL, 1, 0, 833),
                new Event(8398, BUS_REPLACED, 0, 0, 0),
                new Event(12897, BUS_LOSES_ALL, 0, 0, 0)))
        .run(Sabotage.NONE);
  }

  /** A log that had freed its loss records did not know any more what it took for torn. */
  @Test
  void seed9205_tornSeqOfATwin_isToldAfterTheDatabaseWentBack() {
    Scenario.of(
            9205L,
            Options.plain().with(WORKERS, 2).with(SOURCES, 2),
            List.of(
                new Event(2524, TEAR, 0, 0, 0),
                new Event(5189, BUS_LOSES_ALL, 3, 0, 0),
                new Event(8180, COPY_AGENT, 3, 0, 0),
                new Event(11160, DATABASE_RESTORED, 1, 0, 0)))
        .run(Sabotage.NONE);
  }

  /** A twin that lost power in mid-append left the balance of the shared epoch open. */
  @Test
  void seed95170_twinThatTore_closesTheBalance() {
    Scenario.of(
            95170L,
            Options.plain().with(PARTITIONS, 2).with(READ_MILLIS, 711).with(DATABASE_ROLLBACKS, 48),
            List.of(
                new Event(1513, COPY_AGENT, 1, 0, 0),
                new Event(1646, TEAR, 1, 0, 740),
                new Event(7352, DATABASE_RESTORED, 1, 0, 0)))
        .run(Sabotage.NONE);
  }

  /** A loss record rotted on the bus, unread and the last of its lane. */
  @Test
  void seed16825_lossRecordThatRotted_isSentAgain() {
    Scenario.of(
            16825L,
            Options.plain()
                .with(AGENTS, 3)
                .with(BATCH_MILLIS, 1910)
                .with(SYNC_MILLIS, 146)
                .with(DATABASE_ANSWERS_LOST, 44),
            List.of(
                new Event(995, Event.What.DATABASE_AWAY, 3, 0, 2878),
                new Event(1245, DAMAGE, 0, 0, 0),
                new Event(4265, STOP_WORKER, 1, 0, 3060),
                new Event(7863, BUS_ROTS, 3, 0, 0)))
        .run(Sabotage.NONE);
  }
}
