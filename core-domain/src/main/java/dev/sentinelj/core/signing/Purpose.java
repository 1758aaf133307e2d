package dev.sentinelj.core.signing;

/** What a derived key is for. A key made for one purpose verifies nothing of another. */
public enum Purpose {
  /** The header of a batch, once, when it enters the log. */
  CONTENT("content"),
  /** One sending of a batch. */
  ENVELOPE("envelope"),
  /** What an agent tells a gateway besides batches. */
  UPLINK("uplink"),
  /** What a gateway tells an agent that makes it do more than wait. */
  DOWNLINK("downlink"),
  /** Frames on the bus, under the key of the cluster. */
  FRAME("frame");

  private final String word;

  Purpose(String word) {
    this.word = word;
  }

  /** The HKDF info string. */
  public String info() {
    return "sentinel/v1/" + word;
  }
}
