package dev.sentinelj.runners.runtime;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Settings by name. A name nobody reads is a typing error, so it stops the process. */
public final class Settings {
  private final Map<String, String> values;
  private final String origin;
  private final Map<String, String> options;

  /**
   * @param origin where they come from, for messages
   * @throws BadSettingException when a name is not in {@code known}
   */
  public Settings(Map<String, String> values, Set<String> known, String origin) {
    this(values, known, origin, Map.of());
  }

  /**
   * @param origin where those come from that no option gave, for messages
   * @param options what the user wrote for those that an option gave
   * @throws BadSettingException when a name is not in {@code known}
   */
  public Settings(
      Map<String, String> values, Set<String> known, String origin, Map<String, String> options) {
    this.values = Map.copyOf(values);
    this.origin = origin;
    this.options = Map.copyOf(options);
    TreeSet<String> unknown = new TreeSet<>(values.keySet());
    unknown.removeAll(known);
    if (!unknown.isEmpty()) {
      throw new BadSettingException(
          "unknown setting '"
              + unknown.first()
              + "' in "
              + origin
              + ": known are "
              + String.join(", ", new TreeSet<>(known)));
    }
  }

  /** All names of both, for a process that reads its own settings and those of a part. */
  public static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new TreeSet<>(some);
    all.addAll(others);
    return Set.copyOf(all);
  }

  /** 0 to 65,535, where 0 is any free port. */
  public int port(String name, int otherwise) {
    return (int) number(name, otherwise, 0, 65_535, "a port is 0 (any free one) to 65535");
  }

  public long count(String name, long otherwise, long min, long max) {
    return number(name, otherwise, min, max, "use " + min + " to " + max);
  }

  /** Whole seconds. */
  public Duration seconds(String name, long otherwise, long min, long max) {
    return Duration.ofSeconds(
        number(name, otherwise, min, max, "use " + min + " to " + max + " seconds"));
  }

  public String text(String name, String otherwise) {
    return values.getOrDefault(name, otherwise);
  }

  /** An address of this machine that only this machine reaches. */
  public InetAddress loopback(String name, String otherwise) {
    String value = text(name, otherwise);
    try {
      InetAddress address = InetAddress.getByName(value);
      if (address.isLoopbackAddress()) {
        return address;
      }
      throw bad(name, value, "only loopback (127.0.0.1 or ::1) is allowed until TLS is there");
    } catch (UnknownHostException e) {
      throw bad(name, value, "it is no address; use 127.0.0.1");
    }
  }

  private long number(String name, long otherwise, long min, long max, String fix) {
    String value = values.get(name);
    if (value == null) {
      return otherwise;
    }
    long number = parsed(value, () -> bad(name, value, fix));
    if (number < min || number > max) {
      throw bad(name, value, fix);
    }
    return number;
  }

  private static long parsed(String value, Supplier<BadSettingException> bad) {
    try {
      return Long.parseLong(value.strip());
    } catch (NumberFormatException e) {
      throw bad.get();
    }
  }

  private BadSettingException bad(String name, String value, String fix) {
    String option = options.get(name);
    String place = option == null ? name + " = " + value + " in " + origin : option + " " + value;
    return new BadSettingException(place + ": " + fix);
  }

  /** A setting that stops the process; the message is one line that names it and the fix. */
  public static final class BadSettingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public BadSettingException(String message) {
      super(message);
    }
  }
}
