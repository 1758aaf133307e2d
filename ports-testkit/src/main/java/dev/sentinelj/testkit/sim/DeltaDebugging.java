package dev.sentinelj.testkit.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Finds a small part of a list that still fails, by leaving out ever smaller pieces of it (ddmin;
 * Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 2002).
 */
public final class DeltaDebugging {
  private DeltaDebugging() {}

  /**
   * A sub-list of {@code items}, in their order, that fails; none of its items can be left out
   * alone, unless {@code tries} ran out.
   *
   * @param fails must hold for {@code items}
   * @param tries how often {@code fails} may be asked, at least 1
   */
  public static <T> List<T> smallest(List<T> items, int tries, Predicate<List<T>> fails) {
    List<T> left = List.copyOf(items);
    int pieces = 2;
    int asked = 0;
    while (!left.isEmpty() && asked < tries) {
      int size = Math.max(1, left.size() / pieces);
      boolean smaller = false;
      for (int from = 0; from < left.size() && !smaller && asked < tries; from += size) {
        List<T> rest = without(left, from, Math.min(left.size(), from + size));
        asked++;
        if (fails.test(rest)) {
          left = rest;
          smaller = true;
        }
      }
      if (smaller) {
        pieces = Math.max(2, pieces - 1);
      } else if (size == 1) {
        return left;
      } else {
        pieces = Math.min(left.size(), 2 * pieces);
      }
    }
    return left;
  }

  private static <T> List<T> without(List<T> items, int from, int to) {
    List<T> rest = new ArrayList<>(items.subList(0, from));
    rest.addAll(items.subList(to, items.size()));
    return List.copyOf(rest);
  }
}
