package dev.sentinelj.adapters.http;

import dev.sentinelj.core.access.Principal;

/**
 * A browser that logged in.
 *
 * @param id stays the same while the session is renewed; names it for its end
 * @param sinceSeconds when it began, seconds since the Unix epoch
 * @param issuedSeconds when its cookie was made
 */
record Session(Principal principal, String id, long sinceSeconds, long issuedSeconds) {}
