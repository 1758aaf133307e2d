package dev.sentinelj.adapters.memory;

import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.Uplink;
import dev.sentinelj.ports.driving.AgentSessions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * An uplink to sessions in the same process. Every message is a task of the executor given, which
 * may take its time but must run it; a hook decides which messages are lost on the way.
 */
public final class InMemoryUplink implements Uplink {
  private final AgentSessions gateway;
  private final Supplier<Now> gatewayClock;
  private final Executor network;
  private final RandomGenerator random;
  private final Predicate<Way> loses;
  private final Set<InMemoryUplinkSession> sessions = ConcurrentHashMap.newKeySet();
  private volatile boolean reachable = true;

  /** Where a message is going. */
  public enum Way {
    TO_GATEWAY,
    TO_AGENT
  }

  /** An uplink that loses nothing. */
  public InMemoryUplink(
      AgentSessions gateway, Supplier<Now> gatewayClock, Executor network, RandomGenerator random) {
    this(gateway, gatewayClock, network, random, _ -> false);
  }

  /**
   * @param gatewayClock what the sessions are told is now
   * @param network runs each message; one direction of a session is never run concurrently
   * @param random makes the nonces
   * @param loses asked once per message of an open session, in the thread of the network; true
   *     loses it
   */
  public InMemoryUplink(
      AgentSessions gateway,
      Supplier<Now> gatewayClock,
      Executor network,
      RandomGenerator random,
      Predicate<Way> loses) {
    this.gateway = gateway;
    this.gatewayClock = gatewayClock;
    this.network = network;
    this.random = random;
    this.loses = loses;
  }

  @Override
  public Session open(Opening opening, Consumer<Downlink> events) {
    byte[] nonce = new byte[Hello.NONCE_BYTES];
    random.nextBytes(nonce);
    Hello hello =
        Hello.sign(
            opening.key(),
            opening.epoch(),
            opening.agentVersion(),
            nonce,
            opening.sentAtMillis(),
            opening.nextSeq());
    InMemoryUplinkSession session =
        new InMemoryUplinkSession(this, opening.key(), hello, events, network);
    sessions.add(session);
    if (reachable) {
      session.connect();
    } else {
      session.lose("the gateway cannot be reached");
    }
    return session;
  }

  /** Ends every session at once: what is under way in either direction is lost. */
  public void cut() {
    sessions.forEach(session -> session.lose("the connection was cut"));
  }

  /** While false, nothing new opens; sessions that are open go on. */
  public void reachable(boolean reachable) {
    this.reachable = reachable;
  }

  AgentSessions gateway() {
    return gateway;
  }

  Now gatewayNow() {
    return gatewayClock.get();
  }

  boolean loses(Way way) {
    return loses.test(way);
  }

  void ended(InMemoryUplinkSession session) {
    sessions.remove(session);
  }
}
