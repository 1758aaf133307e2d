/** Reads this host's processors, memory, disks, file systems and network through OSHI. */
@NullMarked
package dev.sentinelj.adapters.sysinfo;

import org.jspecify.annotations.NullMarked;
