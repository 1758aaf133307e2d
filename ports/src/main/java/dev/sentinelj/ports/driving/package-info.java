/** What the outside may ask of the use cases. */
@NullMarked
package dev.sentinelj.ports.driving;

import org.jspecify.annotations.NullMarked;
