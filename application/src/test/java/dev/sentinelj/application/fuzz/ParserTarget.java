package dev.sentinelj.application.fuzz;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.testkit.fuzz.FuzzTarget;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;

/** A parser that takes bytes and refuses them with one of the two exceptions that it declares. */
record ParserTarget(
    String name,
    List<byte[]> samples,
    Dress dress,
    LongUnaryOperator refused,
    LongUnaryOperator accepts,
    LongUnaryOperator takes,
    Consumer<byte[]> parser)
    implements FuzzTarget {

  /** What is done to a damaged input so that it reaches the parser. */
  interface Dress {
    byte[] on(byte[] damaged, SplittableRandom random);
  }

  static ParserTarget of(String name, List<byte[]> samples, Consumer<byte[]> parser) {
    return new ParserTarget(
        name,
        samples,
        (damaged, random) -> damaged,
        input -> 2 * input + CONSTANT,
        input -> 4 * input + CONSTANT,
        input -> NANOS_PER_KIB * FuzzTarget.kib(input),
        parser);
  }

  static final long CONSTANT = 16 * 1024;

  ParserTarget dressed(Dress how) {
    return new ParserTarget(name, samples, how, refused, accepts, takes, parser);
  }

  /** With another bound on what a refusal may allocate. */
  ParserTarget refusing(LongUnaryOperator bytes) {
    return new ParserTarget(name, samples, dress, bytes, accepts, takes, parser);
  }

  /** With another bound on what an acceptance may allocate. */
  ParserTarget accepting(LongUnaryOperator bytes) {
    return new ParserTarget(name, samples, dress, refused, bytes, takes, parser);
  }

  /** With another bound on CPU time. */
  ParserTarget taking(LongUnaryOperator nanos) {
    return new ParserTarget(name, samples, dress, refused, accepts, nanos, parser);
  }

  @Override
  public byte[] dress(byte[] damaged, SplittableRandom random) {
    return dress.on(damaged, random);
  }

  @Override
  public long refusedBytes(long input) {
    return refused.applyAsLong(input);
  }

  @Override
  public long acceptedBytes(long input) {
    return accepts.applyAsLong(input);
  }

  @Override
  public long nanos(long input) {
    return takes.applyAsLong(input);
  }

  @Override
  public Trial prepare(byte[] input) {
    return new Trial(input.length, () -> parses(input));
  }

  private boolean parses(byte[] input) {
    try {
      parser.accept(input);
      return true;
    } catch (MalformedException | BatchHeader.UnsupportedVersionException e) {
      return false;
    }
  }
}
