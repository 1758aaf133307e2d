package dev.sentinelj.adapters.files;

import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.failpoint.Failpoint;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.RecordKind;
import dev.sentinelj.core.wal.TornSeqs;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.BatchLog.LogFullException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** The writing half of a {@link FileBatchLog}; used by its writer thread alone. */
final class WalWriter {
  private static final String REPLACED =
      "the directory of the log was removed or replaced while it was in use; start again to use what"
          + " stands there now";

  private final WalState log;
  private final SegmentFiles files;
  private final WalConfig config;
  private final WalRoom room;
  private long lastNumber;
  private Optional<Active> active = Optional.empty();

  private record Active(ActiveSegment file, WalSegment index, Set<Sha256> sets) {}

  /**
   * @param life appends of an earlier life of the log fail, because one before them failed
   */
  record Append(
      SignedBatch batch,
      byte[] stored,
      List<SeriesSet> sets,
      int life,
      CompletableFuture<Void> done) {

    static Append of(SignedBatch batch, List<SeriesSet> sets, int life) {
      WireWriter out = new WireWriter(batch.bodyLength() + 512);
      batch.writeTo(out);
      return new Append(batch, out.toBytes(), List.copyOf(sets), life, new CompletableFuture<>());
    }

    /** Whatever is not new: until it is written, nothing that is held already can go. */
    boolean mustFindRoom() {
      return batch.header().kind() != BatchKind.DATA;
    }

    /** Bytes it takes in a segment that holds the sets {@code present}. */
    int needed(Set<Sha256> present) {
      int bytes = RecordFrame.sizeOf(stored.length);
      for (SeriesSet set : sets) {
        if (!present.contains(set.hash())) {
          bytes += 2 * RecordFrame.sizeOf(set.toBytes().length);
        }
      }
      return bytes;
    }
  }

  record PlacedSet(Sha256 hash, WalSegment.Place place) {}

  record Placed(Append append, WalSegment.Place place, List<PlacedSet> sets) {}

  WalWriter(WalState log, SegmentFiles files, WalConfig config, long lastNumber) {
    this.log = log;
    this.files = files;
    this.config = config;
    this.room = new WalRoom(log, files, config);
    this.lastNumber = lastNumber;
  }

  /** Begins a segment within the limits. */
  void begin() throws IOException {
    room.require(config.segmentBytes());
    open(config.segmentBytes());
  }

  /** Begins a segment, if there is none, whatever the limits say. */
  void beginAnyway() {
    if (active.isPresent()) {
      return;
    }
    try {
      open(config.segmentBytes());
    } catch (IOException e) {
      throw new PortUnavailableException("beginning a segment of the log", e);
    }
  }

  /**
   * Writes, syncs and completes {@code group} in order. After a failed write or sync the segment is
   * given up, never synced again, and what it did not make durable is written to a new one, once.
   */
  void commit(List<Append> group) {
    List<Append> waiting = group.stream().filter(this::isWanted).toList();
    if (log.isReplaced()) {
      fail(waiting, new PortUnavailableException(REPLACED));
      return;
    }
    boolean tried = false;
    int done = 0;
    while (done < waiting.size()) {
      List<Append> rest = waiting.subList(done, waiting.size());
      try {
        done += commitRun(rest);
        tried = false;
      } catch (LogFullException e) {
        fail(rest, e);
        return;
      } catch (IOException e) {
        giveUpSegment();
        log.countFailedWrite();
        if (tried) {
          fail(rest, new PortUnavailableException("writing the log", e));
          return;
        }
        tried = true;
      }
    }
  }

  /**
   * Gives the segment up after {@code cause} came between, and answers what of {@code group} is
   * not: with success what is on the disk for good.
   */
  void failed(List<Append> group, Throwable cause) {
    giveUpSegment();
    log.countFailedWrite();
    long durable = log.durableThrough();
    List<Append> lost = new ArrayList<>();
    for (Append append : group) {
      if (log.isOfThisLife(append) && append.batch().id().seq() <= durable) {
        append.done().complete(null);
      } else {
        lost.add(append);
      }
    }
    if (!lost.isEmpty()) {
      fail(lost, new PortUnavailableException("writing the log", cause));
    }
  }

  private boolean isWanted(Append append) {
    boolean wanted = log.isOfThisLife(append);
    if (!wanted) {
      append
          .done()
          .completeExceptionally(new PortUnavailableException("an append before this one failed"));
    }
    return wanted;
  }

  /** Commits as many of {@code appends} as fit one segment, at least one. */
  private int commitRun(List<Append> appends) throws IOException {
    Active segment = activeFor(appends);
    List<Placed> placed = new ArrayList<>();
    Set<Sha256> sets = new HashSet<>(segment.sets());
    boolean beyondCap = room.isBeyondCap(); // looks at every segment, and nothing grows meanwhile
    for (Append append : appends) {
      if (!takes(segment, append, sets, placed.size(), beyondCap)) {
        break;
      }
      placed.add(place(segment.file(), append, sets));
    }
    Failpoint.WAL_APPEND_BEFORE_WRITE.hit();
    int bytes = segment.file().write();
    Failpoint.WAL_APPEND_BEFORE_SYNC.hit();
    segment.file().sync(bytes);
    if (!segment.file().isStillThere()) {
      giveUpSegment();
      log.replaced();
      fail(appends, new PortUnavailableException(REPLACED));
      return appends.size();
    }
    Failpoint.WAL_APPEND_AFTER_SYNC.hit();
    segment.sets().addAll(sets);
    log.durable(segment.index(), placed);
    placed.forEach(one -> one.append().done().complete(null));
    return placed.size();
  }

  /** Sets are written twice, so that damage to one record costs no definition. */
  private static Placed place(ActiveSegment file, Append append, Set<Sha256> sets) {
    List<PlacedSet> written = new ArrayList<>();
    for (SeriesSet set : append.sets()) {
      if (sets.add(set.hash())) {
        byte[] bytes = set.toBytes();
        for (int copy = 0; copy < 2; copy++) {
          written.add(new PlacedSet(set.hash(), place(file, RecordKind.SERIES_SET, 0, bytes)));
        }
      }
    }
    long seq = append.batch().id().seq();
    return new Placed(append, place(file, RecordKind.BATCH, seq, append.stored()), written);
  }

  private static WalSegment.Place place(
      ActiveSegment file, RecordKind kind, long seq, byte[] payload) {
    int offset = file.add(kind, seq, payload);
    return new WalSegment.Place(offset, offset + RecordFrame.sizeOf(payload.length));
  }

  private Active activeFor(List<Append> appends) throws IOException {
    Append first = appends.getFirst();
    boolean beyondCap = room.isBeyondCap();
    if (!first.mustFindRoom() && beyondCap) {
      throw room.full(first.needed(Set.of()));
    }
    if (active.filter(open -> takes(open, first, open.sets(), 0, beyondCap)).isEmpty()) {
      sealActive();
      open(room.segmentFor(appends));
    }
    return active.orElseThrow();
  }

  private static boolean takes(
      Active segment, Append append, Set<Sha256> sets, int placed, boolean beyondCap) {
    return append.needed(sets) <= segment.file().room()
        && segment.index().count() + placed < BatchLog.SealedSegment.MAX_SEQS
        && (append.mustFindRoom() || !beyondCap);
  }

  private void open(int bytes) throws IOException {
    long number = ++lastNumber;
    TornSeqs torn = new TornSeqs(log.everTorn());
    int capacity = bytes + ActiveSegment.sizeOf(torn);
    WalSegment index = new WalSegment(number, capacity);
    ActiveSegment file = ActiveSegment.create(files, log.headerFor(number), capacity, torn);
    Failpoint.WAL_SEGMENT_BEGUN.hit();
    active = Optional.of(new Active(file, index, new HashSet<>()));
    log.begun(index);
  }

  /** Ends the log orderly. */
  void end() {
    sealActive();
  }

  private void sealActive() {
    active.ifPresent(segment -> {
      try {
        segment.file().seal(log.nextAfterWritten());
        log.sealed(segment.index(), segment.file().durable());
      } catch (IOException e) {
        segment.file().abandon(); // without its seal it ends as after a crash
        log.countFailedWrite();
      }
    });
    active = Optional.empty();
    log.ended();
  }

  private void giveUpSegment() {
    active.ifPresent(segment -> segment.file().abandon());
    active = Optional.empty();
    log.ended();
  }

  private void fail(List<Append> appends, RuntimeException cause) {
    log.failed();
    appends.forEach(append -> append.done().completeExceptionally(cause));
  }
}
