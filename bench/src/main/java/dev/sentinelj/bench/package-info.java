/** Programs that measure one hop or the whole chain, each beside the floor under it. */
@NullMarked
package dev.sentinelj.bench;

import org.jspecify.annotations.NullMarked;
