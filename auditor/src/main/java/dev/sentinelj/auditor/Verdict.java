package dev.sentinelj.auditor;

/** What an audit says of one epoch; a later one is worse. */
public enum Verdict {
  /** Every sample is where it should be. */
  OK("ok"),

  /** Samples or seqs are on their way: nobody said yet that they are gone. */
  IN_FLIGHT("in flight"),

  /** The epoch was forked or closed, and the last word of its log has not come yet. */
  CLOSING("closing"),

  /** Something is missing, there twice, or counted wrong, and nothing explains it. */
  UNACCOUNTED("UNACCOUNTED");

  private final String word;

  Verdict(String word) {
    this.word = word;
  }

  /** As people read it. */
  public String word() {
    return word;
  }
}
