package dev.sentinelj.core.block;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.MalformedException;

/**
 * The compact bytes of a {@link Block}. Every bit of every present value survives, NaN payloads and
 * negative zero included; the time stamps may be in any order.
 *
 * <p>Layout. A <em>varint</em> is an unsigned 64-bit number in groups of 7 bits, least first, as in
 * Protocol Buffers, in its shortest form; a <em>zigzag</em> is a varint of {@code (n << 1) ^ (n >>
 * 63)}. Bits are packed with the most significant first, the last byte filled with zeros.
 * Differences of time stamps wrap around at 64 bits.
 *
 * <pre>
 * u8        version, 2
 * 32 bytes  hash of the series set
 * varint    rows, at least 1
 * varint    series, at least 1
 * zigzag    time of row 0
 * zigzag    time of row 1 minus time of row 0                       (with 2 rows or more)
 * u8, bits  width w, 1 to 64; per further row w bits: the zigzag'd  (with 3 rows or more)
 *           number of its difference minus the one before it
 * forms     4 bits per series, the first in the high bits of a byte
 * columns   one per series that has a form other than 0 or 8
 * </pre>
 *
 * <p>A form of 8 plus something means that a bitmap comes first: one bit per row, row 0 in the
 * least bit of the first byte, unused bits 0, some set and some not. Then the values that are
 * there:
 *
 * <pre>
 * form 0  nothing is there
 * form 8  every row is there and is 0 (positive zero)
 * form 1  wholes: the values
 * form 2  wholes n: values n * 2^e, e of the last column that gave one (12 before)
 * form 3  wholes n: values n / 10^s, s of the last column that gave one (2 before)
 * form 4  wholes n: values n / d, d of the row in the last column that gave some
 * form 5  wholes, the new d of each row, at least 1, then as form 4; rows not here have none
 * form 6  XOR: bits, see below
 * form 7  u8, a new s (0 to 9) or e + 128 (64 to 191), then as form 2 or 3
 * </pre>
 *
 * <p><em>Wholes</em> are numbers of at most 2^53 either way, so that the one rounded division or
 * the exact product mean the same in every language: zigzag of the first; with 2 or more a byte of
 * 0 to 64, the width of each further one, which is the zigzag'd number of its difference to the one
 * before, in bits; or the byte 255, and each difference is a zigzag.
 *
 * <p>The encoder takes the smallest form that gives all values of the column back bit by bit. Most
 * bodies have one row, so what counts is the size of a single number: memory and disks count in
 * pages and sectors, and shares of a total have its denominator in common.
 *
 * <p>XOR is the value compression of Pelkonen et al., "Gorilla: a fast, scalable, in-memory time
 * series database", PVLDB 8(12), 2015, section 4.1.2: the first value as 64 bits; then per value
 * the XOR with its predecessor as bit 0 when it is zero, as bits 10 and the meaningful bits when
 * they lie within the last announced window, or as bits 11, 6 bits of leading zeros, 6 bits of
 * (length - 1), and that many bits. (The paper has 5 bits of leading zeros, which spoils series
 * whose values differ in their last bits only.)
 */
public final class BlockCodec {
  public static final int VERSION = 2;

  /** Most rows times series of one block. */
  public static final int MAX_CELLS = 1_000_000;

  static final int FORM_BITS = 4;
  static final int FORM_MASK = 0xF;
  static final int NOTHING = 0;
  static final int WHOLE = 1;
  static final int LAST_BINARY = 2;
  static final int LAST_DECIMAL = 3;
  static final int LAST_DENOMINATORS = 4;
  static final int NEW_DENOMINATORS = 5;
  static final int XOR = 6;
  static final int NEW_UNIT = 7;

  /** Added to a form: some rows are missing. */
  static final int BITMAP = 8;

  static final int ZERO = NOTHING | BITMAP;

  /** In place of a width: each difference is a zigzag. */
  static final int LOOSE = 255;

  /** Units before a column gave one: pages of 4 KiB, hundredths. */
  static final int FIRST_BINARY = 128 + 12;

  static final int FIRST_DECIMAL = 2;

  private static final int ROWS_PER_BYTE = 8;
  private static final int SERIES_PER_BYTE = 2;

  private BlockCodec() {}

  /**
   * @throws IllegalArgumentException when the block has more than {@value #MAX_CELLS} cells
   */
  public static byte[] encode(Block block) {
    Columns columns = block.columns();
    if ((long) columns.rows() * columns.series() > MAX_CELLS) {
      throw new IllegalArgumentException("a block has at most " + MAX_CELLS + " cells");
    }
    BlockOutput out = new BlockOutput(64 + columns.rows() + 2 * columns.samples());
    out.u8(VERSION);
    out.raw(block.set().toBytes());
    out.varint(columns.rows());
    out.varint(columns.series());
    writeTimes(out, columns);
    new ColumnEncoder(columns).writeAll(out);
    return out.toBytes();
  }

  /** As {@link #decode(byte[], int)} with {@value #MAX_CELLS} cells. */
  public static Block decode(byte[] bytes) {
    return decode(bytes, MAX_CELLS);
  }

  /**
   * The block in {@code bytes}. They are read twice, and the first reading keeps nothing: what is
   * refused costs no memory, though a few bytes may stand for thousands of cells.
   *
   * @throws MalformedException when {@code bytes} is no block of version 2 or it has more than
   *     {@code maxCells} cells; nothing else is thrown, whatever the bytes
   */
  public static Block decode(byte[] bytes, int maxCells) {
    BlockInput dry = new BlockInput(bytes);
    Head checked = readHead(dry, maxCells);
    readTimes(dry, checked.rows(), false);
    new ColumnCheck(checked.rows(), dry).readAll(checked.series());
    dry.end();

    BlockInput in = new BlockInput(bytes);
    Head head = readHead(in, maxCells);
    Columns.Builder columns = new Columns.Builder(head.series(), readTimes(in, head.rows(), true));
    new ColumnDecoder(columns, head.rows(), in).readAll(head.series());
    return new Block(head.set(), columns.build());
  }

  private record Head(Sha256 set, int rows, int series) {}

  private static Head readHead(BlockInput in, int maxCells) {
    if (in.u8("block version") != VERSION) {
      throw new MalformedException("unknown version of a block");
    }
    Sha256 set = Sha256.fromBytes(in.raw(Sha256.BYTES, "set hash"));
    int rows = in.count("rows", maxCells, ROWS_PER_BYTE);
    int series = in.count("series", maxCells, SERIES_PER_BYTE);
    if ((long) rows * series > maxCells) {
      throw new MalformedException("more cells than " + maxCells);
    }
    return new Head(set, rows, series);
  }

  private static void writeTimes(BlockOutput out, Columns columns) {
    out.zigzag(columns.timeMillis(0));
    if (columns.rows() > 1) {
      out.zigzag(difference(columns, 1));
    }
    if (columns.rows() > 2) {
      long all = 1;
      for (int row = 2; row < columns.rows(); row++) {
        all |= BlockOutput.toZigzag(difference(columns, row) - difference(columns, row - 1));
      }
      int width = Long.SIZE - Long.numberOfLeadingZeros(all);
      out.u8(width);
      for (int row = 2; row < columns.rows(); row++) {
        long change = difference(columns, row) - difference(columns, row - 1);
        out.bits(BlockOutput.toZigzag(change), width);
      }
      out.flushBits();
    }
  }

  private static long difference(Columns columns, int row) {
    return columns.timeMillis(row) - columns.timeMillis(row - 1);
  }

  private static long[] readTimes(BlockInput in, int rows, boolean keep) {
    int mask = keep ? -1 : 0; // nothing kept: every time goes to the first place
    long[] times = new long[keep ? rows : 1];
    long last = in.zigzag("time");
    times[0] = last;
    if (rows > 1) {
      long difference = in.zigzag("time");
      last += difference;
      times[1 & mask] = last;
      int width = rows > 2 ? timeWidth(in) : 0;
      for (int row = 2; row < rows; row++) {
        difference += BlockInput.fromZigzag(in.bits(width));
        last += difference;
        times[row & mask] = last;
      }
      in.endBits();
    }
    return times;
  }

  /** At least a bit per row, so that rows cannot be had for nothing. */
  private static int timeWidth(BlockInput in) {
    int width = in.u8("width of times");
    if (width < 1 || width > Long.SIZE) {
      throw new MalformedException("a width of times that is not 1 to 64 bits");
    }
    return width;
  }
}
