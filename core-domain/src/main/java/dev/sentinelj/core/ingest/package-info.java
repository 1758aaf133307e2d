/** What a gateway answers to a batch, and the reasons it knows. */
@NullMarked
package dev.sentinelj.core.ingest;

import org.jspecify.annotations.NullMarked;
