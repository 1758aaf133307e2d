package dev.sentinelj.adapters.memory;

import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.BatchLogs;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** The logs of one agent in memory. Appends behave as {@link InMemoryBatchLog} says. */
public final class InMemoryBatchLogs implements BatchLogs {
  private final LongSupplier epochs;
  private final int segmentBytes;
  private final long maxBytes;
  private final List<InMemoryBatchLog> logs;
  private boolean holding;
  private boolean frozen;

  /**
   * @param epochs asked once per log
   * @param segmentBytes a segment takes no more appends when its bodies reach this
   * @param maxBytes cap of each log
   */
  public InMemoryBatchLogs(LongSupplier epochs, int segmentBytes, long maxBytes) {
    this(epochs, segmentBytes, maxBytes, new ArrayList<>());
    logs.add(newLog());
  }

  private InMemoryBatchLogs(
      LongSupplier epochs, int segmentBytes, long maxBytes, List<InMemoryBatchLog> logs) {
    this.epochs = epochs;
    this.segmentBytes = segmentBytes;
    this.maxBytes = maxBytes;
    this.logs = logs;
  }

  @Override
  public synchronized InMemoryBatchLog current() {
    return logs.getLast();
  }

  @Override
  public synchronized List<BatchLog> formers() {
    return List.copyOf(logs.subList(0, logs.size() - 1));
  }

  @Override
  public synchronized InMemoryBatchLog succeed() {
    requireThawed("beginning a log");
    InMemoryBatchLog successor = newLog();
    logs.add(successor);
    return successor;
  }

  @Override
  public synchronized void retire(BatchLog former) {
    if (!formers().contains(former)) {
      throw new IllegalArgumentException("this log is none of the former ones");
    }
    requireThawed("deleting a log");
    logs.removeIf(log -> log == former);
  }

  /** While frozen, no log can be begun or deleted; appends have nothing to do with it. */
  public synchronized void freeze(boolean now) {
    frozen = now;
  }

  private void requireThawed(String doing) {
    if (frozen) {
      throw new PortUnavailableException(doing + ": the disk refuses");
    }
  }

  /** From now on appends to any of them wait for {@link #sync}. */
  public synchronized void holdSyncs() {
    holding = true;
    logs.forEach(InMemoryBatchLog::holdSyncs);
  }

  /** Puts on the disk what waits, and completes it in order. */
  public void sync() {
    current().sync();
  }

  /** The logs after a crash of their process; these here are dead. */
  public synchronized InMemoryBatchLogs crash() {
    return crash(0);
  }

  /**
   * As {@link #crash()}, with appends that survive it.
   *
   * @param survivors as in {@link InMemoryBatchLog#crash(int)}, of each log
   */
  public synchronized InMemoryBatchLogs crash(int survivors) {
    return after(logs.stream().map(log -> log.crash(survivors)).toList());
  }

  /** As {@link #crash}; the current one as {@link InMemoryBatchLog#crashTearingTheLast}. */
  public synchronized InMemoryBatchLogs crashTearingTheLast() {
    InMemoryBatchLog last = logs.getLast();
    return after(
        logs.stream().map(log -> log == last ? log.crashTearingTheLast() : log.crash()).toList());
  }

  /**
   * Gives torn seqs out again, as a log would that trusts its last readable record: a mistake that
   * tests make on purpose.
   */
  public synchronized void forgetTorn() {
    current().forgetTorn();
  }

  /** The logs after an orderly stop and start of their process; these here are dead. */
  public synchronized InMemoryBatchLogs restart() {
    return after(logs.stream().map(InMemoryBatchLog::restart).toList());
  }

  /**
   * What is on the disk now, a second time: a directory that was copied, or a virtual machine that
   * will be restored. What waits for a sync is not in it. These here live on.
   *
   * @param newEpochs asked by the copy, so that no two logs get one number
   */
  public synchronized InMemoryBatchLogs copy(LongSupplier newEpochs) {
    return new InMemoryBatchLogs(
        newEpochs,
        segmentBytes,
        maxBytes,
        new ArrayList<>(logs.stream().map(InMemoryBatchLog::copy).toList()));
  }

  private InMemoryBatchLogs after(List<InMemoryBatchLog> survivors) {
    return new InMemoryBatchLogs(epochs, segmentBytes, maxBytes, new ArrayList<>(survivors));
  }

  private InMemoryBatchLog newLog() {
    InMemoryBatchLog log = new InMemoryBatchLog(epochs.getAsLong(), segmentBytes, maxBytes);
    if (holding) {
      log.holdSyncs();
    }
    return log;
  }
}
