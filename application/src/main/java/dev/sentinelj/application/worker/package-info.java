/**
 * The worker: from the bus to the database, each partition by one owner, each pull in one
 * transaction.
 */
@NullMarked
package dev.sentinelj.application.worker;

import org.jspecify.annotations.NullMarked;
