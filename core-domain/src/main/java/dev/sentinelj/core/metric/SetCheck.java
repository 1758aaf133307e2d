package dev.sentinelj.core.metric;

import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.core.wire.WireReader;
import java.util.Arrays;

/**
 * Reads the bytes of a series set and keeps nothing but where each series stands, so that bytes of
 * a stranger cost neither memory nor, however they were chosen, more than n log n comparisons.
 */
final class SetCheck {
  /** Name of one character, type, no unit, no label. */
  private static final int LEAST_SERIES_BYTES = 8;

  private final byte[] bytes;
  private int at;

  private SetCheck(byte[] bytes, int at) {
    this.bytes = bytes;
    this.at = at;
  }

  static void check(byte[] bytes) {
    if (bytes.length > SeriesSet.MAX_BYTES) {
      throw new MalformedException("a set has at most " + SeriesSet.MAX_BYTES + " bytes");
    }
    WireReader in = new WireReader(bytes);
    if (in.message(SeriesSet.DOMAIN) != SeriesSet.VERSION) {
      throw new MalformedException("unknown version of a series set");
    }
    new SetCheck(bytes, bytes.length - in.remaining()).checkSeries();
  }

  private void checkSeries() {
    int count = u16("series count");
    if (count == 0
        || count > SeriesSet.MAX_SERIES
        || count > (bytes.length - at) / LEAST_SERIES_BYTES) {
      throw new MalformedException("not a number of series that fits");
    }
    long[] ranges = new long[count];
    for (int i = 0; i < count; i++) {
      int from = at;
      readSeries();
      ranges[i] = (long) from << Integer.SIZE | at;
    }
    if (at != bytes.length) {
      throw new MalformedException(bytes.length - at + " bytes too many");
    }
    checkDistinct(ranges);
  }

  private void readSeries() {
    readText("name", 1, Series.MAX_NAME);
    int type = u8("type");
    if (type < MetricType.GAUGE.code() || type > MetricType.HISTOGRAM.code()) {
      throw new MalformedException("unknown metric type " + type);
    }
    readText("unit", 0, Series.MAX_UNIT);
    int labels = u16("label count");
    if (labels > Series.MAX_LABELS) {
      throw new MalformedException("more than " + Series.MAX_LABELS + " labels");
    }
    int keyBefore = -1;
    for (int i = 0; i < labels; i++) {
      int key = at;
      readText("label key", 1, Series.MAX_LABEL_KEY);
      if (keyBefore >= 0 && compareTexts(keyBefore, key) >= 0) {
        throw new MalformedException("labels out of order");
      }
      keyBefore = key;
      readText("label value", 0, Series.MAX_LABEL_VALUE);
    }
  }

  /** UTF-8 of {@code min} to {@code max} UTF-16 code units without control characters. */
  private void readText(String field, int min, int max) {
    int end = u16(field) + at;
    if (end > bytes.length) {
      throw new MalformedException("cut off in " + field);
    }
    int units = 0;
    while (at < end) {
      int length = readCharacter(end, field);
      units += length == 4 ? 2 : 1;
    }
    if (units < min || units > max) {
      throw new MalformedException(field + " must have " + min + " to " + max + " characters");
    }
  }

  /** Moves behind one character and returns how many bytes it took. */
  private int readCharacter(int end, String field) {
    int first = bytes[at] & 0xFF;
    int length = lengthOf(first);
    if (length == 0 || end - at < length) {
      throw new MalformedException(field + " is not UTF-8");
    }
    int second = length > 1 ? bytes[at + 1] & 0xFF : 0;
    boolean valid =
        length == 1 || (second >= leastSecond(first) && second <= greatestSecond(first));
    for (int i = 2; i < length; i++) {
      valid &= (bytes[at + i] & 0xC0) == 0x80;
    }
    if (!valid) {
      throw new MalformedException(field + " is not UTF-8");
    }
    if (first < 0x20 || first == 0x7F || (first == 0xC2 && second < 0xA0)) {
      throw new MalformedException(field + " has a character that text may not have");
    }
    at += length;
    return length;
  }

  private static int lengthOf(int first) {
    if (first < 0x80) {
      return 1;
    }
    if (first < 0xC2 || first > 0xF4) {
      return 0;
    }
    return first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  }

  /* The second byte tells overlong forms, surrogates and what lies beyond U+10FFFF: Unicode 3.9, table 3-7. */

  private static int leastSecond(int first) {
    return switch (first) {
      case 0xE0 -> 0xA0;
      case 0xF0 -> 0x90;
      default -> 0x80;
    };
  }

  private static int greatestSecond(int first) {
    return switch (first) {
      case 0xED -> 0x9F;
      case 0xF4 -> 0x8F;
      default -> 0xBF;
    };
  }

  /** The order of two texts, given where they start, by UTF-16 code units. */
  private int compareTexts(int one, int other) {
    int oneLength = lengthAt(one);
    int otherLength = lengthAt(other);
    int same =
        Arrays.mismatch(
            bytes, one + 2, one + 2 + oneLength, bytes, other + 2, other + 2 + otherLength);
    if (same < 0 || same == oneLength || same == otherLength) {
      return Integer.compare(oneLength, otherLength);
    }
    return Integer.compare(rank(bytes[one + 2 + same]), rank(bytes[other + 2 + same]));
  }

  /** Characters of four bytes are surrogates in UTF-16, and those stand before U+E000. */
  private static int rank(byte utf8) {
    int value = utf8 & 0xFF;
    if (value >= 0xF0) {
      return value - 2;
    }
    return value >= 0xEE ? value + 5 : value;
  }

  private void checkDistinct(long[] ranges) {
    sort(ranges);
    for (int i = 1; i < ranges.length; i++) {
      if (compare(ranges[i - 1], ranges[i]) == 0) {
        throw new MalformedException("a set names one series twice");
      }
    }
  }

  /** Heap sort: in place, and no order of the input makes it slow. */
  private void sort(long[] ranges) {
    for (int root = ranges.length / 2 - 1; root >= 0; root--) {
      sink(ranges, root, ranges.length);
    }
    for (int end = ranges.length - 1; end > 0; end--) {
      long greatest = ranges[0];
      ranges[0] = ranges[end];
      ranges[end] = greatest;
      sink(ranges, 0, end);
    }
  }

  private void sink(long[] ranges, int root, int end) {
    long value = ranges[root];
    int hole = root;
    for (int child = 2 * hole + 1; child < end; child = 2 * hole + 1) {
      if (child + 1 < end && compare(ranges[child], ranges[child + 1]) < 0) {
        child++;
      }
      if (compare(value, ranges[child]) >= 0) {
        break;
      }
      ranges[hole] = ranges[child];
      hole = child;
    }
    ranges[hole] = value;
  }

  private int compare(long one, long other) {
    return Arrays.compareUnsigned(
        bytes,
        (int) (one >>> Integer.SIZE),
        (int) one,
        bytes,
        (int) (other >>> Integer.SIZE),
        (int) other);
  }

  private int u8(String field) {
    if (at == bytes.length) {
      throw new MalformedException("cut off in " + field);
    }
    return bytes[at++] & 0xFF;
  }

  private int u16(String field) {
    return u8(field) << 8 | u8(field);
  }

  private int lengthAt(int text) {
    return (bytes[text] & 0xFF) << 8 | (bytes[text + 1] & 0xFF);
  }
}
