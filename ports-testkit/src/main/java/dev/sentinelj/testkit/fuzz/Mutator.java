package dev.sentinelj.testkit.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Damages valid inputs in the ways that parsers are known to stumble over. What it makes follows
 * from the random numbers alone.
 */
public final class Mutator {
  /** No input grows beyond this, except for the few that may grow to {@link #MAX_GIANT}. */
  public static final int MAX_LENGTH = 16 * 1024;

  public static final int MAX_GIANT = 1 << 20;
  private static final int GIANT_ONE_IN = 4_096;
  private static final int MAX_STEPS = 6;

  private static final long[] NUMBERS = {
    0,
    1,
    -1,
    2,
    7,
    8,
    63,
    64,
    127,
    128,
    255,
    256,
    999,
    1_000,
    1_001,
    4_095,
    4_096,
    10_000,
    32_767,
    32_768,
    65_535,
    65_536,
    999_999,
    1_000_000,
    1_000_001,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    1L << 32,
    (1L << 53) - 1,
    1L << 53,
    (1L << 53) + 1,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Double.doubleToRawLongBits(Double.NaN),
    Double.doubleToRawLongBits(-0.0)
  };

  private final SplittableRandom random;
  private final List<byte[]> samples;
  private final int limit;

  private Mutator(SplittableRandom random, List<byte[]> samples) {
    this.random = random;
    this.samples = samples;
    this.limit = random.nextInt(GIANT_ONE_IN) == 0 ? MAX_GIANT : MAX_LENGTH;
  }

  /** One of {@code samples} after one to six random steps, rarely random bytes alone. */
  public static byte[] mutate(SplittableRandom random, List<byte[]> samples) {
    return new Mutator(random, samples).run();
  }

  private byte[] run() {
    if (random.nextInt(64) == 0) {
      return randomBytes(random.nextInt(256));
    }
    byte[] bytes = sample().clone();
    int steps = 1;
    while (steps < MAX_STEPS && random.nextBoolean()) {
      steps++;
    }
    for (int i = 0; i < steps; i++) {
      bytes = step(bytes);
    }
    return bytes.length > limit ? Arrays.copyOf(bytes, limit) : bytes;
  }

  private byte[] step(byte[] bytes) {
    return switch (random.nextInt(14)) {
      case 0, 1 -> flipBits(bytes);
      case 2 -> replaceByte(bytes);
      case 3 -> Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      case 4 -> replace(bytes, bytes.length, bytes.length, filler());
      case 5 -> splice(bytes, sample());
      case 6, 7 -> overwriteNumber(bytes);
      case 8 -> countWhatFollows(bytes);
      case 9 -> blowUpVarint(bytes);
      case 10 -> repeatChunk(bytes);
      case 11 -> removeChunk(bytes);
      case 12 -> copyChunk(bytes);
      default -> replace(bytes, place(bytes), place(bytes), filler());
    };
  }

  private byte[] sample() {
    return samples.get(random.nextInt(samples.size()));
  }

  private byte[] flipBits(byte[] bytes) {
    for (int i = random.nextInt(3); i >= 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  private byte[] replaceByte(byte[] bytes) {
    if (bytes.length > 0) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  /** The head of one and the tail of the other. */
  private byte[] splice(byte[] one, byte[] other) {
    byte[] tail = Arrays.copyOfRange(other, place(other), other.length);
    return replace(one, place(one), one.length, tail);
  }

  /** An interesting number over whatever stood there, as it would stand in a length or a count. */
  private byte[] overwriteNumber(byte[] bytes) {
    byte[] number = number(NUMBERS[random.nextInt(NUMBERS.length)] + random.nextInt(-1, 2));
    int at = place(bytes);
    System.arraycopy(number, 0, bytes, at, Math.min(number.length, bytes.length - at));
    return bytes;
  }

  /** A length that is right, or wrong by one, for all that stands behind it. */
  private byte[] countWhatFollows(byte[] bytes) {
    int at = place(bytes);
    int width = 1 << random.nextInt(3);
    if (bytes.length - at < width) {
      return bytes;
    }
    int rest = bytes.length - at - width + random.nextInt(-1, 2);
    for (int i = 0; i < width; i++) {
      bytes[at + i] = (byte) (rest >>> (8 * (width - 1 - i)));
    }
    return bytes;
  }

  private byte[] blowUpVarint(byte[] bytes) {
    byte[] varint =
        random.nextInt(4) == 0
            ? filled(1 + random.nextInt(12), (byte) (random.nextBoolean() ? 0xFF : 0x80))
            : varint(NUMBERS[random.nextInt(NUMBERS.length)]);
    int at = place(bytes);
    int over = Math.min(bytes.length - at, random.nextInt(3));
    return replace(bytes, at, at + over, varint);
  }

  private byte[] repeatChunk(byte[] bytes) {
    int from = place(bytes);
    int to = Math.min(bytes.length, from + 1 + random.nextInt(64));
    int times = 1 << random.nextInt(limit == MAX_GIANT ? 16 : 8);
    byte[] chunk = Arrays.copyOfRange(bytes, from, to);
    int fits = chunk.length == 0 ? 0 : Math.max(0, limit - bytes.length) / chunk.length;
    ByteArrayOutputStream repeated = new ByteArrayOutputStream();
    for (int i = 0; i < Math.min(times, fits); i++) {
      repeated.writeBytes(chunk);
    }
    return replace(bytes, to, to, repeated.toByteArray());
  }

  private byte[] removeChunk(byte[] bytes) {
    int from = place(bytes);
    return replace(bytes, from, Math.min(bytes.length, from + 1 + random.nextInt(32)), new byte[0]);
  }

  private byte[] copyChunk(byte[] bytes) {
    int from = place(bytes);
    byte[] chunk =
        Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + 1 + random.nextInt(32)));
    int at = place(bytes);
    return replace(bytes, at, random.nextBoolean() ? at : at + chunk.length, chunk);
  }

  private byte[] filler() {
    int length = 1 + random.nextInt(random.nextInt(8) == 0 ? 1_024 : 32);
    return switch (random.nextInt(3)) {
      case 0 -> filled(length, (byte) 0);
      case 1 -> filled(length, (byte) 0xFF);
      default -> randomBytes(length);
    };
  }

  private byte[] number(long value) {
    ByteBuffer out =
        ByteBuffer.allocate(8)
            .order(random.nextInt(4) == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    return switch (random.nextInt(4)) {
      case 0 -> Arrays.copyOf(out.put((byte) value).array(), 1);
      case 1 -> Arrays.copyOf(out.putShort((short) value).array(), 2);
      case 2 -> Arrays.copyOf(out.putInt((int) value).array(), 4);
      default -> out.putLong(value).array();
    };
  }

  private static byte[] varint(long value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      out.write((int) (rest | 0x80));
      rest >>>= 7;
    }
    out.write((int) rest);
    return out.toByteArray();
  }

  private byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] filled(int length, byte value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, value);
    return bytes;
  }

  /** An offset, the end included. */
  private int place(byte[] bytes) {
    return random.nextInt(bytes.length + 1);
  }

  /** {@code bytes} with {@code middle} instead of what stands from the one place to the other. */
  private static byte[] replace(byte[] bytes, int one, int other, byte[] middle) {
    int from = Math.min(Math.min(one, other), bytes.length);
    int to = Math.min(Math.max(one, other), bytes.length);
    byte[] out = new byte[from + middle.length + bytes.length - to];
    System.arraycopy(bytes, 0, out, 0, from);
    System.arraycopy(middle, 0, out, from, middle.length);
    System.arraycopy(bytes, to, out, from + middle.length, bytes.length - to);
    return out;
  }
}
