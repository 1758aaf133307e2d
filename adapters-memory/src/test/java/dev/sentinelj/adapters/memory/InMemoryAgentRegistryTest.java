package dev.sentinelj.adapters.memory;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.ports.driven.AgentRegistry;
import dev.sentinelj.testkit.AgentRegistryContract;

class InMemoryAgentRegistryTest extends AgentRegistryContract {
  private final MemoryFixture memory = new MemoryFixture();

  @Override
  protected AgentRegistry registry() {
    return memory.registry;
  }

  @Override
  protected void delete(AgentId agent, long atMillis) {
    memory.database.deleteAgent(agent, atMillis);
  }
}
