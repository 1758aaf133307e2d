/** Operators: who they are, and for how long a guess has to wait. */
@NullMarked
package dev.sentinelj.application.access;

import org.jspecify.annotations.NullMarked;
