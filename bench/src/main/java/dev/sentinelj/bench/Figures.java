package dev.sentinelj.bench;

import java.util.Locale;

/** Numbers for people. */
final class Figures {
  private Figures() {}

  static String number(double value, int decimals) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}
