/**
 * The gateway and the REST API as a process: which adapter stands behind which port, and its
 * threads.
 */
@NullMarked
package dev.sentinelj.runners.server;

import org.jspecify.annotations.NullMarked;
