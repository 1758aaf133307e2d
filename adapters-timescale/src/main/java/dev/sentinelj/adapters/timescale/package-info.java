/** The store on PostgreSQL, with or without TimescaleDB. */
@NullMarked
package dev.sentinelj.adapters.timescale;

import org.jspecify.annotations.NullMarked;
