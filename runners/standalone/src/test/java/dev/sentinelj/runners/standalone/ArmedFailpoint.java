package dev.sentinelj.runners.standalone;

import dev.sentinelj.core.failpoint.Failpoint;

/** A place where a process dies as by {@code kill -9}. */
record ArmedFailpoint(Failpoint point) {

  /** What arms it. Some are passed while a process starts; what counts is the time it works. */
  String option() {
    int hit = point == Failpoint.WAL_SEGMENT_BEGUN || point == Failpoint.WAL_DELETE_BEFORE ? 1 : 2;
    return "-D" + Failpoint.PROPERTY + "=" + point.id() + ":" + hit + ":halt";
  }
}
