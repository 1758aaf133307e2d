package dev.sentinelj.core.signing;

/** A secret under its name, with the four working keys derived from it once. Thread safe. */
public final class AgentKey {
  private final KeyId id;
  private final MacKey content;
  private final MacKey envelope;
  private final MacKey uplink;
  private final MacKey downlink;

  public AgentKey(KeyId id, Secret secret) {
    this.id = id;
    this.content = MacKey.derive(secret, Purpose.CONTENT);
    this.envelope = MacKey.derive(secret, Purpose.ENVELOPE);
    this.uplink = MacKey.derive(secret, Purpose.UPLINK);
    this.downlink = MacKey.derive(secret, Purpose.DOWNLINK);
  }

  public KeyId id() {
    return id;
  }

  public MacKey content() {
    return content;
  }

  public MacKey envelope() {
    return envelope;
  }

  public MacKey uplink() {
    return uplink;
  }

  public MacKey downlink() {
    return downlink;
  }

  @Override
  public String toString() {
    return "AgentKey[" + id + ", ***]";
  }
}
