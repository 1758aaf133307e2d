package dev.sentinelj.adapters.files;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * The files of one directory, as far as a segmented log needs them. Nothing survives a loss of
 * power but what {@link Appender#force} made so, under a name that {@link #forceDirectory} made so.
 */
interface SegmentFiles {

  /** Names of all files, in no order. */
  List<String> list() throws IOException;

  /** Whether the directory is the one that was there when this was made. */
  boolean isSameDirectory() throws IOException;

  long size(String name) throws IOException;

  /** At most {@code length} bytes from {@code offset}; fewer where the file ends. Thread safe. */
  ByteBuffer read(String name, long offset, int length) throws IOException;

  /** A new file of {@code bytes} zeros whose blocks are allocated. */
  Appender create(String name, long bytes) throws IOException;

  void rename(String from, String to) throws IOException;

  void truncate(String name, long size) throws IOException;

  /** No effect when it is gone. */
  void delete(String name) throws IOException;

  void forceDirectory() throws IOException;

  /** Bytes that may still be written to this file system. */
  long usableBytes() throws IOException;

  /** Whether {@code name} still stands for the file behind {@code appender}, uncut. */
  boolean isStill(String name, Appender appender, long leastBytes) throws IOException;

  /** A file open for writing by one thread. */
  interface Appender extends Closeable {
    void write(long offset, ByteBuffer bytes) throws IOException;

    /**
     * Returns when all that was written is on the disk for good. After a failure nothing is known.
     */
    void force() throws IOException;
  }
}
