package dev.sentinelj.testkit.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the inputs of one target did and cost.
 *
 * @param beyondTwice most bytes that a refusal allocated beyond twice its input, at least 0
 * @param acceptedRatio greatest allocation of an accepted input of 1 KiB or more, by its length
 * @param nanosPerKib greatest CPU time of a refusal by started KiB of input
 */
public record FuzzFigures(
    String target,
    long inputs,
    long accepted,
    long beyondTwice,
    double acceptedRatio,
    long nanosPerKib,
    List<FuzzFinding> findings) {
  public FuzzFigures {
    findings = List.copyOf(findings);
  }

  public static FuzzFigures none(String target) {
    return new FuzzFigures(target, 0, 0, 0, 0, 0, List.of());
  }

  /** Both together. */
  public FuzzFigures and(FuzzFigures other) {
    List<FuzzFinding> all = new ArrayList<>(findings);
    all.addAll(other.findings);
    return new FuzzFigures(
        target,
        inputs + other.inputs,
        accepted + other.accepted,
        Math.max(beyondTwice, other.beyondTwice),
        Math.max(acceptedRatio, other.acceptedRatio),
        Math.max(nanosPerKib, other.nanosPerKib),
        all);
  }

  /** One line for people. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%-10s %,12d inputs, %,11d accepted; a refusal allocated at most 2 x input %+,d bytes,"
            + " an acceptance %.1f x input; %.3f ms of CPU per KiB",
        target,
        inputs,
        accepted,
        beyondTwice,
        acceptedRatio,
        nanosPerKib / 1e6);
  }
}
