/** The body of a batch as a Protocol Buffers message. */
@NullMarked
package dev.sentinelj.adapters.protobuf;

import org.jspecify.annotations.NullMarked;
