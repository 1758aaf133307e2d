package dev.sentinelj.runners.standalone;

import dev.sentinelj.core.failpoint.Failpoint;
import java.util.EnumSet;
import java.util.Set;

/** A place where a process dies as by {@code kill -9}. */
record ArmedFailpoint(Failpoint point) {
  private static final Set<Failpoint> RARE =
      EnumSet.of(
          Failpoint.WAL_SEGMENT_BEGUN,
          Failpoint.WAL_DELETE_BEFORE,
          Failpoint.AGENT_CLOSE_BEFORE,
          Failpoint.AGENT_CLOSED_HEARD,
          Failpoint.AGENT_MOVED_BEFORE,
          Failpoint.AGENT_RETIRE_BEFORE);

  /** What arms it. Some are passed while a process starts; what counts is the time it works. */
  String option() {
    int hit = RARE.contains(point) ? 1 : 2;
    return "-D" + Failpoint.PROPERTY + "=" + point.id() + ":" + hit + ":halt";
  }
}
