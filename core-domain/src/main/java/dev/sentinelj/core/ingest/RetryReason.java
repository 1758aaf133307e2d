package dev.sentinelj.core.ingest;

import java.util.Locale;

/** Why a gateway asks for the same batch again later. */
public enum RetryReason {
  REGISTRY_UNAVAILABLE,
  BUS_UNAVAILABLE,
  /** The bus holds as much uncommitted data as it may. */
  BUS_FULL,
  /** As many publications are under way as may be. */
  BUSY,
  RATE_LIMITED,
  /**
   * What an agent hears instead of a refusal that comes before the MACs hold: nobody has proved
   * anything yet, so it may back off and do nothing else.
   */
  NOT_BELIEVED;

  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
