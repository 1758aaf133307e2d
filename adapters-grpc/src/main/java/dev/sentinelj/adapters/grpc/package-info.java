/** The gateway's gRPC server and the agent's client to it. */
@NullMarked
package dev.sentinelj.adapters.grpc;

import org.jspecify.annotations.NullMarked;
