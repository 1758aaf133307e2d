/** Everything in one process: agent, server, worker and database behind one command. */
@NullMarked
package dev.sentinelj.runners.standalone;

import org.jspecify.annotations.NullMarked;
