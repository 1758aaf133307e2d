package dev.sentinelj.testkit.fuzz;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * A parser of bytes that come from outside. Not thread safe: each thread has targets of its own.
 */
public interface FuzzTarget {
  /** What a started KiB of input may take of a CPU that does nothing else. */
  long NANOS_PER_KIB = 1_000_000;

  /** Stable: it goes into seeds, file names and reports. */
  String name();

  /** Valid inputs to damage. */
  List<byte[]> samples();

  /**
   * What is fed to the parser for a damaged input, when damage alone would stop at a checksum
   * before it. The result is the input that is reported.
   */
  default byte[] dress(byte[] damaged, SplittableRandom random) {
    return damaged;
  }

  /** Everything that need not be measured, done before. */
  Trial prepare(byte[] input);

  /** Most bytes that refusing {@code input} bytes may allocate. */
  default long refusedBytes(long input) {
    return 2 * input + constantBytes();
  }

  /**
   * What refusing may allocate beyond twice the input: the exception with its stack trace, objects
   * of a fixed size and the state of a MAC.
   */
  default long constantBytes() {
    return 16 * 1024;
  }

  /** Most bytes that accepting {@code input} bytes may allocate, their meaning included. */
  default long acceptedBytes(long input) {
    return 16 * input + constantBytes();
  }

  /**
   * Most CPU time that {@code input} bytes may take on a machine at rest. It knows nothing of what
   * they may allocate, so that a generous bound on the one does not loosen the other.
   */
  default long nanos(long input) {
    return NANOS_PER_KIB * kib(input);
  }

  /** Started KiB, at least one. */
  static long kib(long bytes) {
    return Math.max(1, (bytes + 1023) / 1024);
  }

  /**
   * One call of the parser.
   *
   * @param bytes how much came from outside
   * @param parse true when it accepted, false when it refused in the way it declares; it throws
   *     when it did anything else
   */
  record Trial(long bytes, BooleanSupplier parse) {}
}
