package dev.sentinelj.application.simulation;

import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/** A value for each option. */
final class Options {
  private final EnumMap<Option, Long> values;

  private Options(EnumMap<Option, Long> values) {
    this.values = values;
  }

  /** The simplest run there is. */
  static Options plain() {
    return new Options(new EnumMap<>(Option.class));
  }

  static Options drawn(RandomGenerator random) {
    EnumMap<Option, Long> drawn = new EnumMap<>(Option.class);
    for (Option option : Option.values()) {
      drawn.put(option, option.draw(random));
    }
    return new Options(drawn);
  }

  Options with(Option option, long value) {
    EnumMap<Option, Long> changed = new EnumMap<>(Option.class);
    changed.putAll(values);
    changed.put(option, value);
    return new Options(changed);
  }

  long get(Option option) {
    return values.getOrDefault(option, option.plain());
  }

  int count(Option option) {
    return Math.toIntExact(get(option));
  }

  /** Whether one draw out of {@code random} falls within the option's share of a thousand. */
  boolean happens(Option option, RandomGenerator random) {
    long share = get(option);
    return share > 0 && random.nextInt(1_000) < share;
  }

  /** What differs from plain. */
  Map<Option, Long> special() {
    Map<Option, Long> special = new EnumMap<>(Option.class);
    for (Option option : Option.values()) {
      if (get(option) != option.plain()) {
        special.put(option, get(option));
      }
    }
    return special;
  }

  @Override
  public String toString() {
    StringBuilder java = new StringBuilder("Options.plain()");
    special()
        .forEach((option, value) -> java.append(".with(%s, %d)".formatted(option.name(), value)));
    return java.toString();
  }
}
