package dev.sentinelj.adapters.files;

import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How segment files are called: 20 digits and {@code .seg}, so that names sort as numbers do. */
final class SegmentNames {
  static final String TEMP = ".tmp";
  static final String TORN = ".torn";
  private static final Pattern FORM = Pattern.compile("(\\d{20})\\.seg");

  private SegmentNames() {}

  static String of(long number) {
    return String.format("%020d.seg", number);
  }

  static OptionalLong number(String name) {
    Matcher matcher = FORM.matcher(name);
    if (!matcher.matches()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(matcher.group(1)));
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // more than 63 bits: nothing of ours
    }
  }
}
