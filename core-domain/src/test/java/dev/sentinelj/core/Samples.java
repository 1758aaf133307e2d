package dev.sentinelj.core;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.signing.SigningPolicy;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Values that many tests need. */
public final class Samples {
  public static final long T0 = 1_700_000_000_000L;
  public static final AgentId AGENT = new AgentId("agent-1");
  public static final EpochId EPOCH = new EpochId(AGENT, 0xfedc_ba98_7654_3210L);
  public static final byte[] BODY = "a body".getBytes(StandardCharsets.UTF_8);

  private Samples() {}

  public static Secret secret(long seed) {
    return Secret.random(new SplittableRandom(seed));
  }

  public static AgentKey key(String id, long seed) {
    return new AgentKey(new KeyId(id), secret(seed));
  }

  public static AgentKey key() {
    return key("key-1", 1);
  }

  public static BatchHeader header(long seq, byte[] body) {
    return new BatchHeader(
        BatchKind.DATA, new BatchId(EPOCH, seq), 10, 12, T0, T0 + 1, -5, Sha256.of(body));
  }

  public static SignedBatch batch(long seq) {
    return SigningPolicy.signContent(key(), header(seq, BODY), BODY);
  }

  public static SeriesSet set() {
    return SeriesSet.of(
        List.of(
            Series.gauge("system.cpu.utilization", "1", Map.of("cpu", "0", "mode", "user")),
            Series.counter("system.network.io", "By", Map.of())));
  }
}
