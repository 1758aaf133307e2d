package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.signing.AgentKey;
import java.util.function.Supplier;

/**
 * Who the agent is.
 *
 * @param version of the program, told to the gateway
 * @param key the key that signs now
 */
public record AgentIdentity(AgentId id, String version, Supplier<AgentKey> key) {}
