package dev.sentinelj.adapters.http;

import java.time.Duration;

/** Every bound of this server in one place. */
final class HttpLimits {
  /** Bytes of a request's body. */
  static final int MAX_BODY_BYTES = 64 * 1024;

  /** Bytes of request line and headers together. */
  static final int MAX_HEADER_BYTES = 16 * 1024;

  static final int MAX_HEADERS = 64;
  static final int MAX_QUERY_PARAMETERS = 64;
  static final int MAX_COOKIES = 32;

  /** Connections beyond this are not accepted until half of them are gone. */
  static final int MAX_CONNECTIONS = 512;

  /** Requests served at the same time; beyond it the answer is 503. */
  static final int MAX_CONCURRENT_REQUESTS = 128;

  /** A request's headers must be complete in this time. */
  static final int PARSE_TIMEOUT_MILLIS = 10_000;

  /** A connection without a request is closed after this time. */
  static final int KEEP_ALIVE_MILLIS = 60_000;

  /** A connection on which nothing moves is closed after this time. */
  static final int IDLE_MILLIS = 75_000;

  /** How long a registry may take to answer. */
  static final Duration PORT_TIMEOUT = Duration.ofSeconds(10);

  /** Whoever finds other audits under way is told to come back after so many seconds. */
  static final int AUDIT_RETRY_SECONDS = 5;

  /** Addresses whose request rate is remembered. */
  static final int MAX_RATED_ADDRESSES = 10_000;

  /** Tries to log in from one address: so many at once, */
  static final int LOGIN_BURST = 10;

  /** and one more each this many seconds. */
  static final double LOGIN_REFILL_SECONDS = 3;

  /** Requests from one address: so many at once, */
  static final int REQUEST_BURST = 600;

  /** and one more each this many seconds. */
  static final double REQUEST_REFILL_SECONDS = 0.01;

  /** Sessions that ended before their time and are remembered. */
  static final int MAX_REVOKED_SESSIONS = 10_000;

  /** Characters of a bearer credential or a session cookie. */
  static final int MAX_CREDENTIAL_CHARS = 2_048;

  static final int MAX_NAME_CHARS = 63;
  static final int MAX_PASSWORD_CHARS = 1_024;

  /** Days an API token may be good for. */
  static final int MAX_TOKEN_DAYS = 365;

  static final int MAX_PAGE_ITEMS = 1_000;
  static final int DEFAULT_PAGE_ITEMS = 100;
  static final int MAX_LATEST_SERIES = 5_000;
  static final int DEFAULT_LATEST_SERIES = 1_000;

  /** How far back {@code latest} and {@code range} look when nothing is said. */
  static final Duration DEFAULT_SPAN = Duration.ofMinutes(15);

  static final Duration MAX_RANGE = Duration.ofDays(31);
  static final int MAX_RANGE_SERIES = 100;
  static final int MAX_RANGE_POINTS = 20_000;
  static final int MAX_STEP_SECONDS = 86_400;

  private HttpLimits() {}
}
