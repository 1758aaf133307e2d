/** What agent and gateway tell each other over a session. */
@NullMarked
package dev.sentinelj.core.session;

import org.jspecify.annotations.NullMarked;
