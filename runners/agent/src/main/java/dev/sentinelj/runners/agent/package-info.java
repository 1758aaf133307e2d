/** The agent as a process: collectors, log and exporter, with the threads that drive them. */
@NullMarked
package dev.sentinelj.runners.agent;

import org.jspecify.annotations.NullMarked;
