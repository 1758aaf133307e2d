package dev.sentinelj.core.ingest;

import dev.sentinelj.core.batch.Lane;

/**
 * Where on the bus a batch lies, so that an agent can tell from the progress of that lane whether
 * it was read.
 */
public record Receipt(int partition, Lane lane, long generation, long sequence) {}
