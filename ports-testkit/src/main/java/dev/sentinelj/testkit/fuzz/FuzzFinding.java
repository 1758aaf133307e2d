package dev.sentinelj.testkit.fuzz;

import java.util.HexFormat;

/** An input that did what it must not. */
public record FuzzFinding(String target, long seed, long index, byte[] input, String what) {
  /** Most bytes that are printed; a longer input is made again from seed and index. */
  private static final int PRINTED = 2_048;

  /** One line; the hex can be put into the corpus as it is. */
  @Override
  public String toString() {
    String hex =
        HexFormat.of().formatHex(input, 0, Math.min(PRINTED, input.length))
            + (input.length > PRINTED ? "... (" + input.length + " bytes)" : "");
    return what + "; target " + target + ", seed " + seed + ", index " + index + ", input " + hex;
  }
}
