/** Running totals that operators read. */
@NullMarked
package dev.sentinelj.application.status;

import org.jspecify.annotations.NullMarked;
