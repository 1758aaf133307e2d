package dev.sentinelj.runners.runtime;

import dev.sentinelj.core.time.Now;

/** The only place where a process reads the time. */
public final class SystemClock {
  private SystemClock() {}

  public static Now now() {
    return new Now(System.currentTimeMillis(), System.nanoTime());
  }

  public static long wallMillis() {
    return System.currentTimeMillis();
  }
}
