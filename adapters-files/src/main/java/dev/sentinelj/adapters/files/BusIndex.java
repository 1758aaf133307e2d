package dev.sentinelj.adapters.files;

import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.wal.RecordFrame;
import dev.sentinelj.core.wal.SegmentHeader;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Where the messages of the bus stand on disk, by queue and sequence. Not thread safe. */
final class BusIndex {
  /** How many message ids are remembered to recognise a repeat. */
  static final int MAX_REMEMBERED = 50_000;

  /** What a segment holds beside messages: its header and its seal. */
  private static final int FRAMING_BYTES = SegmentHeader.BYTES + RecordFrame.sizeOf(0);

  private final Map<FrameAddress, Queue> queues = new HashMap<>();
  private final TreeMap<Long, Segment> segments = new TreeMap<>();
  private final LinkedHashMap<MessageKey, Remembered> remembered = new LinkedHashMap<>();
  private long activeNumber;
  private long lastStamp;

  record MessageKey(FrameAddress address, String id) {}

  record Remembered(long sequence, long stampMillis) {}

  /** One message of {@code bytes}, whose record is {@code offset} to {@code end} of a segment. */
  record Entry(
      FrameAddress address,
      long sequence,
      long stampMillis,
      int bytes,
      long segment,
      int offset,
      int end) {
    int length() {
      return end - offset;
    }

    /** The same message, written again elsewhere. */
    Entry movedTo(long toSegment, int toOffset) {
      return new Entry(
          address, sequence, stampMillis, bytes, toSegment, toOffset, toOffset + length());
    }
  }

  private static final class Segment {
    private long bytes;
    private int live;
  }

  private static final class Queue {
    private final TreeMap<Long, Entry> entries = new TreeMap<>();
    private long last;
    private long lastStamp;
    private long forgotten;
  }

  void addSegment(long number, long bytes) {
    segments.put(number, new Segment());
    resize(number, bytes);
  }

  /** From now on a new segment takes the messages, which is not free while it is empty. */
  void begin(long number, long bytes) {
    addSegment(number, bytes);
    activeNumber = number;
  }

  /** No segment takes messages any more. */
  void end() {
    activeNumber = 0;
  }

  void resize(long number, long bytes) {
    Optional.ofNullable(segments.get(number)).ifPresent(segment -> segment.bytes = bytes);
  }

  /** The file of a segment is gone, and what was kept in it and not written elsewhere. */
  void removeSegment(long number) {
    kept(number).forEach(lost -> queue(lost.address()).entries.remove(lost.sequence()));
    segments.remove(number);
  }

  /** Bytes of disk that segments take, without the messages that are kept for a position. */
  long bytes() {
    long all = segments.values().stream().mapToLong(segment -> segment.bytes).sum();
    return all - kept().mapToLong(Entry::length).sum();
  }

  long lastStamp() {
    return lastStamp;
  }

  long last(FrameAddress address) {
    return queue(address).last;
  }

  /** Stamp of the last message; 0 when there never was one. */
  long lastStamp(FrameAddress address) {
    return queue(address).lastStamp;
  }

  /** Numbers and least sizes of all segments. */
  Map<Long, Long> segmentBytes() {
    Map<Long, Long> bytes = new HashMap<>();
    segments.forEach((number, segment) -> bytes.put(number, segment.bytes));
    return bytes;
  }

  /** Enters a message that is durable; one of the same sequence moves to the new place. */
  void add(Entry entry) {
    Queue queue = queue(entry.address());
    Optional<Entry> before = Optional.ofNullable(queue.entries.put(entry.sequence(), entry));
    before.ifPresent(this::noLongerLive);
    Optional.ofNullable(segments.get(entry.segment())).ifPresent(segment -> segment.live++);
    if (entry.sequence() >= queue.last) {
      queue.last = entry.sequence();
      queue.lastStamp = entry.stampMillis();
    }
    lastStamp = Math.max(lastStamp, entry.stampMillis());
  }

  /**
   * As {@link #add}, while reading segments in order: another message under a sequence that is
   * taken means that those from there on were never acknowledged.
   */
  void recover(Entry entry) {
    Queue queue = queue(entry.address());
    Optional<Entry> before = Optional.ofNullable(queue.entries.get(entry.sequence()));
    if (before.filter(one -> one.stampMillis() != entry.stampMillis()).isPresent()) {
      Collection<Entry> stale = queue.entries.tailMap(entry.sequence(), true).values();
      stale.forEach(this::noLongerLive);
      stale.clear();
      queue.last = entry.sequence();
    }
    add(entry);
  }

  void remember(MessageKey key, Remembered position) {
    remembered.put(key, position);
    if (remembered.size() > MAX_REMEMBERED) {
      remembered.pollFirstEntry();
    }
  }

  Optional<Remembered> remembered(MessageKey key) {
    return Optional.ofNullable(remembered.get(key));
  }

  void forgetIds(FrameAddress address) {
    remembered.keySet().removeIf(key -> key.address().equals(address));
  }

  Optional<Entry> entry(FrameAddress address, long sequence) {
    return Optional.ofNullable(queue(address).entries.get(sequence));
  }

  /** Entries behind {@code sequence}, in order, within the limits of a read. */
  List<Entry> after(FrameAddress address, long sequence, int maxCount, long maxBytes) {
    List<Entry> found = new ArrayList<>();
    long bytes = 0;
    for (Entry entry : queue(address).entries.tailMap(sequence, false).values()) {
      bytes += entry.bytes();
      if (found.size() >= maxCount || (!found.isEmpty() && bytes > maxBytes)) {
        break;
      }
      found.add(entry);
    }
    return found;
  }

  /** Drops what lies before {@code sequence}. */
  void forget(FrameAddress address, long sequence) {
    Queue queue = queue(address);
    Collection<Entry> gone = queue.entries.headMap(sequence, false).values();
    gone.forEach(this::noLongerLive);
    gone.clear();
    queue.forgotten = Math.max(queue.forgotten, sequence);
  }

  /**
   * The oldest segment that takes no more, in which nothing is wanted but messages kept for a
   * position. When it holds those alone there is nothing to be won by writing them elsewhere.
   */
  Optional<Long> freeable() {
    return segments.entrySet().stream()
        .filter(one -> one.getKey() != activeNumber)
        .filter(one -> isFreeable(one.getValue(), kept(one.getKey())))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static boolean isFreeable(Segment segment, List<Entry> kept) {
    long needed = FRAMING_BYTES + kept.stream().mapToLong(Entry::length).sum();
    return segment.live == kept.size() && (kept.isEmpty() || segment.bytes > needed);
  }

  /** The messages in this segment that are kept for the sake of a position only. */
  List<Entry> kept(long segment) {
    return kept().filter(entry -> entry.segment() == segment).toList();
  }

  private Stream<Entry> kept() {
    return queues.values().stream()
        .flatMap(queue -> Optional.ofNullable(queue.entries.get(queue.forgotten)).stream())
        .filter(entry -> segments.containsKey(entry.segment()));
  }

  private void noLongerLive(Entry entry) {
    Optional.ofNullable(segments.get(entry.segment())).ifPresent(segment -> segment.live--);
  }

  private Queue queue(FrameAddress address) {
    return queues.computeIfAbsent(address, any -> new Queue());
  }
}
