package dev.sentinelj.adapters.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Sessions that a log-out ended while their cookie would still be good. Kept in memory: after a
 * restart a cookie that was thrown away is good for what is left of its fifteen minutes. Thread
 * safe.
 */
final class EndedSessions {
  private final Map<String, Long> ends =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > HttpLimits.MAX_REVOKED_SESSIONS;
        }
      };

  synchronized void end(Session session, long nowMillis) {
    ends.values().removeIf(until -> until <= nowMillis);
    ends.put(session.id(), nowMillis + Tokens.LIFE.toMillis());
  }

  synchronized boolean contains(Session session) {
    return ends.containsKey(session.id());
  }
}
