package dev.sentinelj.core;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.wire.MalformedException;
import java.util.Arrays;
import java.util.function.Consumer;

/** Every way to damage a message a little. */
public final class Mutations {
  private Mutations() {}

  /** Calls {@code check} with {@code bytes} after each single bit was flipped in turn. */
  public static void everyBitFlip(byte[] bytes, Consumer<byte[]> check) {
    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      check.accept(flipped);
    }
  }

  /** Every proper prefix, and the bytes with one more, must be refused as malformed. */
  public static void refusesEveryOtherLength(byte[] bytes, Consumer<byte[]> parser) {
    for (int length = 0; length <= bytes.length + 1; length++) {
      if (length != bytes.length) {
        byte[] other = Arrays.copyOf(bytes, length);
        assertThatExceptionOfType(MalformedException.class)
            .as("length %d of %d", length, bytes.length)
            .isThrownBy(() -> parser.accept(other));
      }
    }
  }

  /** No flipped bit may make the parser throw anything but the two exceptions it declares. */
  public static void survivesEveryBitFlip(byte[] bytes, Consumer<byte[]> parser) {
    everyBitFlip(
        bytes,
        flipped -> {
          try {
            parser.accept(flipped);
          } catch (MalformedException | BatchHeader.UnsupportedVersionException e) {
            // What the parsers declare.
          }
        });
  }
}
