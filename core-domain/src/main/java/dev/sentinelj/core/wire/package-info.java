/** The fixed binary form of everything that is signed: big-endian, length-prefixed, versioned. */
@NullMarked
package dev.sentinelj.core.wire;

import org.jspecify.annotations.NullMarked;
