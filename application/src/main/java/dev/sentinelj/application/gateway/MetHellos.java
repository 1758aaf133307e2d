package dev.sentinelj.application.gateway;

import dev.sentinelj.core.session.Hello;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Set;

/** The hellos met lately, so that a recorded one opens nothing. Thread safe. */
final class MetHellos {
  private final int limit;
  private final Set<ByteBuffer> macs = new LinkedHashSet<>();

  /**
   * @param limit most that are remembered; the oldest goes first
   */
  MetHellos(int limit) {
    this.limit = limit;
  }

  /** Whether this hello was not met before; its MAC covers a nonce. */
  synchronized boolean firstTime(Hello hello) {
    boolean first = macs.add(ByteBuffer.wrap(hello.mac().toBytes()));
    if (macs.size() > limit) {
      macs.remove(macs.iterator().next());
    }
    return first;
  }
}
