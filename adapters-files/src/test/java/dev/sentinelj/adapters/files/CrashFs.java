package dev.sentinelj.adapters.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * A disk in memory that loses what nobody synced. A crash leaves of each file the bytes of its last
 * sync, with any of the 512-byte sectors written since; and of the directory the names of its last
 * sync, with any first part of the changes since.
 */
final class CrashFs implements SegmentFiles {
  private static final int SECTOR = 512;

  private final Map<String, Inode> names = new HashMap<>();
  private final List<Map<String, Inode>> snapshots = new ArrayList<>();
  private int writesUntilDeath = Integer.MAX_VALUE;
  private int forcesUntilFailure = Integer.MAX_VALUE;
  private final Set<String> locked = new HashSet<>();
  private Optional<Error> forceError = Optional.empty();
  private int directoryForcesToFail;
  private long unreadableFrom;
  private long unreadableTo;
  private long usable = Long.MAX_VALUE;
  private int openAppenders;
  private boolean replaced;
  private boolean dead;

  private static final class Inode {
    private byte[] now = new byte[0];
    private byte[] synced = new byte[0];
  }

  CrashFs() {
    snapshots.add(Map.of());
  }

  /** From the {@code count}-th change on nothing works any more, as after a loss of power. */
  void dieAfter(int count) {
    writesUntilDeath = count;
  }

  /** The {@code count}-th sync from now fails and drops what was not synced, as Linux does. */
  void failForceAfter(int count) {
    forcesUntilFailure = count;
  }

  /** Reading the byte at {@code offset} of any file fails from now on. */
  void breakAt(long offset) {
    breakBetween(offset, offset + 1);
  }

  /** Reading any of the bytes {@code from} to before {@code to} of any file fails from now on. */
  synchronized void breakBetween(long from, long to) {
    unreadableFrom = from;
    unreadableTo = to;
  }

  /** The next sync of a file throws this. */
  synchronized void failForceWith(Error error) {
    forceError = Optional.of(error);
  }

  /** The next {@code count} syncs of the directory fail. */
  synchronized void failDirectoryForces(int count) {
    directoryForcesToFail = count;
  }

  /** From now on this file cannot be opened, as when there are too many. */
  synchronized void lock(String name) {
    locked.add(name);
  }

  /** Somebody deletes this file. */
  synchronized void take(String name) {
    names.remove(name);
  }

  /** Somebody puts another directory in the place of this one, without this file. */
  synchronized void replaceWithout(String name) {
    replaced = true;
    names.remove(name);
  }

  /** Overwrites a file from {@code offset} on. */
  synchronized void scramble(String name, int offset) throws IOException {
    byte[] bytes = inode(name).now;
    Arrays.fill(bytes, offset, bytes.length, (byte) 1);
  }

  synchronized void usable(long bytes) {
    usable = bytes;
  }

  synchronized int openAppenders() {
    return openAppenders;
  }

  /** The disk after the loss of power. */
  synchronized CrashFs crash(RandomGenerator random) {
    CrashFs next = new CrashFs();
    Map<String, Inode> left = snapshots.get(random.nextInt(snapshots.size()));
    left.forEach((name, inode) -> {
      Inode survivor = new Inode();
      survivor.now = torn(inode, random);
      survivor.synced = survivor.now.clone();
      next.names.put(name, survivor);
    });
    next.snapshots.clear();
    next.snapshots.add(Map.copyOf(next.names));
    dead = true;
    return next;
  }

  private static byte[] torn(Inode inode, RandomGenerator random) {
    int length = random.nextBoolean() ? inode.now.length : inode.synced.length;
    byte[] left = Arrays.copyOf(inode.synced, length);
    for (int at = 0; at < Math.min(length, inode.now.length); at += SECTOR) {
      if (random.nextBoolean()) {
        int to = Math.min(at + SECTOR, Math.min(length, inode.now.length));
        System.arraycopy(inode.now, at, left, at, to - at);
      }
    }
    return left;
  }

  private void change() throws IOException {
    if (dead || writesUntilDeath-- <= 0) {
      dead = true;
      throw new IOException("no power");
    }
  }

  private Inode inode(String name) throws IOException {
    return Optional.ofNullable(names.get(name)).orElseThrow(() -> new FileNotFoundException(name));
  }

  @Override
  public synchronized List<String> list() {
    return List.copyOf(names.keySet());
  }

  @Override
  public synchronized long size(String name) throws IOException {
    return inode(name).now.length;
  }

  @Override
  public synchronized ByteBuffer read(String name, long offset, int length) throws IOException {
    if (locked.contains(name)) {
      throw new FileNotFoundException(name + " (Too many open files)");
    }
    if (offset < unreadableTo && unreadableFrom < offset + length) {
      throw new IOException("Input/output error");
    }
    byte[] bytes = inode(name).now;
    int from = (int) Math.min(offset, bytes.length);
    int to = (int) Math.min(bytes.length, offset + length);
    return ByteBuffer.wrap(Arrays.copyOfRange(bytes, from, to));
  }

  @Override
  public synchronized Appender create(String name, long bytes) throws IOException {
    change();
    Inode inode = new Inode();
    inode.now = new byte[(int) bytes];
    names.put(name, inode);
    named();
    return new CrashAppender(inode);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    change();
    names.put(to, inode(from));
    names.remove(from);
    named();
  }

  @Override
  public synchronized void truncate(String name, long size) throws IOException {
    change();
    Inode inode = inode(name);
    inode.now = Arrays.copyOf(inode.now, (int) size);
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    change();
    if (names.containsKey(name)) {
      names.remove(name);
      named();
    }
  }

  private void named() {
    snapshots.add(Map.copyOf(names));
  }

  @Override
  public synchronized void forceDirectory() throws IOException {
    change();
    if (directoryForcesToFail-- > 0) {
      throw new IOException("input/output error");
    }
    snapshots.clear();
    named();
  }

  @Override
  public synchronized long usableBytes() {
    return usable;
  }

  @Override
  public synchronized boolean isSameDirectory() {
    return !replaced;
  }

  @Override
  public synchronized boolean isStill(String name, Appender appender, long leastBytes) {
    return names.containsKey(name);
  }

  private final class CrashAppender implements Appender {
    private final Inode inode;

    CrashAppender(Inode inode) {
      this.inode = inode;
      openAppenders++;
    }

    @Override
    public void write(long offset, ByteBuffer bytes) throws IOException {
      synchronized (CrashFs.this) {
        change();
        int length = bytes.remaining();
        if (offset + length > inode.now.length) {
          inode.now = Arrays.copyOf(inode.now, (int) offset + length);
        }
        bytes.get(inode.now, (int) offset, length);
      }
    }

    @Override
    public void force() throws IOException {
      synchronized (CrashFs.this) {
        change();
        if (forceError.isPresent()) {
          Error error = forceError.get();
          forceError = Optional.empty();
          throw error;
        }
        if (forcesUntilFailure-- == 0) {
          inode.now = inode.synced.clone();
          throw new IOException("input/output error");
        }
        inode.synced = inode.now.clone();
      }
    }

    @Override
    public void close() {
      synchronized (CrashFs.this) {
        openAppenders--;
      }
    }
  }
}
