/**
 * The whole pipeline in one thread and virtual time, under faults, watched for what it promises.
 */
@NullMarked
package dev.sentinelj.application.simulation;

import org.jspecify.annotations.NullMarked;
