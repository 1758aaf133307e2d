package dev.sentinelj.adapters.memory;

import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.testkit.BatchCodecContract;

class InMemoryBatchCodecTest extends BatchCodecContract {
  @Override
  protected BatchCodec codec() {
    return new InMemoryBatchCodec();
  }
}
