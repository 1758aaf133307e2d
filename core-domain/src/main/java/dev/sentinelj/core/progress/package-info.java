/**
 * Which sequence numbers of an epoch the database has, and the running counts behind the balance.
 */
@NullMarked
package dev.sentinelj.core.progress;

import org.jspecify.annotations.NullMarked;
