package dev.sentinelj.adapters.files;

import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.BatchLogs;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * The logs of one agent under one directory, which one process uses at a time. The first log lies
 * in it as it always did, each later one in a directory inside with a number of its own; the
 * greatest number is the current log. That is all there is to know after a crash: a directory
 * without a segment yet is a log without a record.
 *
 * <p>Former logs are opened for reading only. The cap of {@link WalConfig} holds for each log.
 */
public final class FileBatchLogs implements BatchLogs, AutoCloseable {
  private final LogPlaces places;
  private final WalConfig config;
  private final DirectoryLock lock;
  private final LongSupplier newEpoch = new SecureRandom()::nextLong;

  /** By number; the last is the current one. Guarded by this. */
  private final List<Numbered> logs = new ArrayList<>();

  private record Numbered(long number, FileBatchLog log) {}

  /**
   * Opens the logs in {@code directory}, which is made when missing, and recovers them.
   *
   * @throws UnusablePathException when the directory is in use or cannot be written
   */
  public static FileBatchLogs open(Path directory, WalConfig config) {
    return DirectoryLock.open(
        directory,
        lock -> {
          FileBatchLogs logs = new FileBatchLogs(new LogPlaces(directory), config, lock);
          logs.openAll();
          return logs;
        });
  }

  private FileBatchLogs(LogPlaces places, WalConfig config, DirectoryLock lock) {
    this.places = places;
    this.config = config;
    this.lock = lock;
  }

  private void openAll() throws IOException {
    List<Long> numbers = new ArrayList<>(places.numbers());
    numbers.addFirst(0L);
    for (long former : numbers.subList(0, numbers.size() - 1)) {
      openFormer(former);
    }
    logs.add(openCurrent(numbers.getLast()));
  }

  /** What holds no segment of a log was retired, or is none of ours. */
  private void openFormer(long number) throws IOException {
    SegmentFiles files = places.files(number);
    Optional<FileBatchLog> former = FileBatchLog.openFormer(files, config);
    if (former.isPresent()) {
      logs.add(new Numbered(number, former.get()));
    } else if (number > 0) {
      dropLeftovers(files);
      places.removeIfEmpty(number);
    }
  }

  private Numbered openCurrent(long number) throws IOException {
    return new Numbered(
        number, FileBatchLog.open(places.files(number), config, newEpoch, Optional.empty()));
  }

  @Override
  public synchronized FileBatchLog current() {
    return logs.getLast().log();
  }

  @Override
  public synchronized List<BatchLog> formers() {
    return logs.subList(0, logs.size() - 1).stream().<BatchLog>map(Numbered::log).toList();
  }

  @Override
  public synchronized FileBatchLog succeed() {
    long number = logs.getLast().number() + 1;
    Numbered successor;
    try {
      places.make(number);
      successor = openCurrent(number);
    } catch (IOException e) {
      undo(number);
      throw new PortUnavailableException("beginning log " + number, e);
    }
    current().close();
    logs.add(successor);
    return successor.log();
  }

  /** Else the next start would find the new log and go on in it, which is right as well. */
  private void undo(long number) {
    try {
      dropLeftovers(places.files(number));
      places.removeIfEmpty(number);
    } catch (IOException e) {
      // It is found at the next start, empty.
    }
  }

  @Override
  public synchronized void retire(BatchLog former) {
    Numbered retired =
        logs.subList(0, logs.size() - 1).stream()
            .filter(log -> log.log() == former)
            .findFirst()
            .orElseThrow(() -> new IllegalArgumentException("this log is none of the former ones"));
    SegmentFiles files = places.files(retired.number());
    try {
      for (String segment : retired.log().segmentNames()) {
        files.delete(segment);
        files.forceDirectory(); // oldest first, also after a crash
      }
      dropLeftovers(files);
      if (retired.number() > 0) {
        places.removeIfEmpty(retired.number());
      }
    } catch (IOException e) {
      throw new PortUnavailableException("deleting log " + retired.number(), e);
    }
    logs.remove(retired);
  }

  /** Copies of torn tails, and files that were never finished. */
  private static void dropLeftovers(SegmentFiles files) throws IOException {
    for (String name : files.list()) {
      String segment = name.replace(SegmentNames.TEMP, "").replace(SegmentNames.TORN, "");
      OptionalLong number = SegmentNames.number(segment);
      if (number.isPresent() && !name.equals(segment)) {
        files.delete(name);
      }
    }
  }

  /** Writes what waits, ends the current log orderly and gives the directory back. */
  @Override
  public synchronized void close() {
    logs.forEach(log -> log.log().close());
    lock.close();
  }
}
