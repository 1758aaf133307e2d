package dev.sentinelj.core.block;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.wire.MalformedException;

/**
 * The compact bytes of a {@link Block}. Every bit of every present value survives, NaN payloads and
 * negative zero included; the time stamps may be in any order.
 *
 * <p>Layout. A <em>varint</em> is an unsigned 64-bit number in groups of 7 bits, least first, as in
 * Protocol Buffers, in its shortest form; a <em>zigzag</em> is a varint of {@code (n << 1) ^ (n >>
 * 63)}. Differences of time stamps wrap around at 64 bits.
 *
 * <pre>
 * u8        version, 1
 * 32 bytes  hash of the series set
 * varint    rows, at least 1
 * varint    series, at least 1
 * zigzag    time of row 0
 * zigzag    time of row 1 minus time of row 0                       (with 2 rows or more)
 * zigzag    per further row: its difference minus the one before it
 * columns   one per series
 * </pre>
 *
 * <p>A column starts with a byte: bits 7..6 presence (0 none, 1 all, 2 bitmap), bits 5..4 kind,
 * bits 3..0 decimal scale. A column of which nothing is present is the single byte 0. A bitmap has
 * one bit per row, row 0 in the least bit of the first byte, unused bits 0, some set and some not.
 * Then:
 *
 * <pre>
 * kind 0  constant: 8 bytes, the IEEE 754 bits, big-endian; scale 0
 * kind 1  scaled constant: zigzag n; every value is n / 10^scale
 * kind 2  scaled: zigzag n of the first value, then zigzag differences; value = n / 10^scale
 * kind 3  XOR: a bit stream, see below, its last byte filled with zeros; scale 0
 * </pre>
 *
 * <p>The scale is 0 to 9 and |n| at most 2^53, so that the one rounded division {@code n /
 * 10^scale} means the same in every language. The encoder uses the smallest scale at which all
 * values of the column come back bit by bit, and the smallest of the kinds that can hold the
 * column.
 *
 * <p>XOR is the value compression of Pelkonen et al., "Gorilla: a fast, scalable, in-memory time
 * series database", PVLDB 8(12), 2015, section 4.1.2: the first value as 64 bits; then per value
 * the XOR with its predecessor as bit 0 when it is zero, as bits 10 and the meaningful bits when
 * they lie within the last announced window, or as bits 11, 6 bits of leading zeros, 6 bits of
 * (length - 1), and that many bits. (The paper has 5 bits of leading zeros, which spoils series
 * whose values differ in their last bits only.)
 */
public final class BlockCodec {
  public static final int VERSION = 1;

  /** Most rows times series of one block. */
  public static final int MAX_CELLS = 1_000_000;

  static final int PRESENT_NONE = 0;
  static final int PRESENT_ALL = 1;
  static final int PRESENT_BITMAP = 2;

  static final int KIND_CONSTANT = 0;
  static final int KIND_SCALED_CONSTANT = 1;
  static final int KIND_SCALED = 2;
  static final int KIND_XOR = 3;

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
    new ColumnEncoder(columns, out).writeAll();
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
   * @throws MalformedException when {@code bytes} is no block of version 1 or it has more than
   *     {@code maxCells} cells; nothing else is thrown, whatever the bytes
   */
  public static Block decode(byte[] bytes, int maxCells) {
    BlockInput dry = new BlockInput(bytes);
    Head checked = readHead(dry, maxCells);
    readTimes(dry, checked.rows(), false);
    ColumnDecoder.check(dry, checked.rows(), checked.series());
    dry.end();

    BlockInput in = new BlockInput(bytes);
    Head head = readHead(in, maxCells);
    Columns.Builder columns = new Columns.Builder(head.series(), readTimes(in, head.rows(), true));
    ColumnDecoder.read(in, head.rows(), head.series(), columns);
    return new Block(head.set(), columns.build());
  }

  private record Head(Sha256 set, int rows, int series) {}

  private static Head readHead(BlockInput in, int maxCells) {
    if (in.u8("block version") != VERSION) {
      throw new MalformedException("unknown version of a block");
    }
    Sha256 set = Sha256.fromBytes(in.raw(Sha256.BYTES, "set hash"));
    int rows = in.count("rows", maxCells);
    int series = in.count("series", maxCells);
    if ((long) rows * series > maxCells) {
      throw new MalformedException("more cells than " + maxCells);
    }
    return new Head(set, rows, series);
  }

  private static void writeTimes(BlockOutput out, Columns columns) {
    long last = 0;
    long lastDelta = 0;
    for (int row = 0; row < columns.rows(); row++) {
      long time = columns.timeMillis(row);
      long delta = time - last;
      out.zigzag(row < 2 ? delta : delta - lastDelta);
      last = time;
      lastDelta = delta;
    }
  }

  private static long[] readTimes(BlockInput in, int rows, boolean keep) {
    long[] times = new long[keep ? rows : 0];
    long last = 0;
    long lastDelta = 0;
    for (int row = 0; row < rows; row++) {
      long word = in.zigzag("time");
      long delta = row < 2 ? word : word + lastDelta;
      last += delta;
      lastDelta = delta;
      if (keep) {
        times[row] = last;
      }
    }
    return times;
  }
}
