package dev.sentinelj.adapters.memory;

import dev.sentinelj.ports.driven.OperatorStore;
import dev.sentinelj.testkit.OperatorStoreContract;

class InMemoryOperatorStoreTest extends OperatorStoreContract {
  private final OperatorStore store = new InMemoryOperatorStore(new MemoryFixture().database);

  @Override
  protected OperatorStore store() {
    return store;
  }
}
