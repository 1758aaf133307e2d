package dev.sentinelj.adapters.protobuf;

import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.testkit.BatchCodecContract;

class ProtobufBatchCodecTest extends BatchCodecContract {
  private final BatchCodec codec = new ProtobufBatchCodec();

  @Override
  protected BatchCodec codec() {
    return codec;
  }
}
