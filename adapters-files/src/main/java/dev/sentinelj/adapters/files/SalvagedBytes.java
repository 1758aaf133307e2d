package dev.sentinelj.adapters.files;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;

/** Bytes of a file on a disk that may fail in places. */
final class SalvagedBytes {
  /** What is given up at once where the disk fails: a sector of today's disks. */
  static final int BLOCK = 4 << 10;

  /** Neither the zeros of preallocation nor any part of a record's header. */
  private static final byte FILLER = (byte) 0xFF;

  private SalvagedBytes() {}

  /**
   * At most {@code length} bytes from {@code offset}. Blocks that cannot be read hold nothing that
   * could be taken for a record or for untouched space, so that a scan finds them damaged.
   *
   * @throws IOException when the file cannot be opened, which says nothing about its bytes
   */
  static ByteBuffer read(SegmentFiles files, String name, long offset, int length)
      throws IOException {
    try {
      return files.read(name, offset, length);
    } catch (FileNotFoundException | NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      return inBlocks(files, name, offset, (int) Math.min(length, files.size(name) - offset));
    }
  }

  private static ByteBuffer inBlocks(SegmentFiles files, String name, long offset, int length)
      throws IOException {
    ByteBuffer all = ByteBuffer.allocate(Math.max(0, length));
    while (all.hasRemaining()) {
      int from = all.position();
      int wanted = Math.min(BLOCK - (int) ((offset + from) % BLOCK), all.remaining());
      try {
        all.put(files.read(name, offset + from, wanted));
      } catch (FileNotFoundException | NoSuchFileException e) {
        throw e;
      } catch (IOException e) {
        fill(all, wanted);
      }
      if (all.position() == from) {
        break; // it was cut meanwhile
      }
    }
    return all.flip();
  }

  private static void fill(ByteBuffer out, int count) {
    for (int i = 0; i < count; i++) {
      out.put(FILLER);
    }
  }
}
