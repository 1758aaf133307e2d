package dev.sentinelj.application.gateway;

import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.IngestVerdict;
import dev.sentinelj.core.ingest.RawSubmission;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.MacTag;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.ports.driving.IngestBatches;
import dev.sentinelj.testkit.fuzz.FuzzTarget;
import dev.sentinelj.testkit.fuzz.Mutator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;

/**
 * A whole gateway. Whatever arrives gets a verdict, and only what the agent signed is published.
 * Some submissions are damaged before they are signed, so that what lies behind the MACs is met
 * too.
 */
public final class IngestTarget implements FuzzTarget {
  private static final int RENEWED_AFTER = 200;
  private static final int SAMPLES = 16;

  private GatewayForTests gateway = new GatewayForTests();
  private int used;

  @Override
  public String name() {
    return "ingest";
  }

  @Override
  public List<byte[]> samples() {
    return LongStream.rangeClosed(1, SAMPLES).mapToObj(seq -> bytes(whole(seq))).toList();
  }

  /** Damages one part; the input is the submission as it then arrives. */
  @Override
  public byte[] dress(byte[] damaged, SplittableRandom random) {
    RawSubmission whole = whole(1 + random.nextInt(SAMPLES));
    return bytes(
        switch (random.nextInt(8)) {
          case 0 -> raw(damage(whole.header(), random), whole.envelope(), whole.body(), sets());
          case 1 -> raw(whole.header(), damage(whole.envelope(), random), whole.body(), sets());
          case 2 -> raw(whole.header(), whole.envelope(), damage(whole.body(), random), sets());
          case 3 -> raw(whole.header(), whole.envelope(), whole.body(), damagedSets(random));
          case 4, 5 -> signed(damage(whole.header(), random), whole.body(), sets());
          case 6 -> signed(whole.header(), whole.body(), damagedSets(random));
          default -> raw(whole.header(), sealed(whole.envelope(), random), whole.body(), sets());
        });
  }

  @Override
  public long constantBytes() {
    return 64 * 1024;
  }

  @Override
  public Trial prepare(byte[] input) {
    if (used++ % RENEWED_AFTER == 0) {
      gateway = new GatewayForTests(); // with the same keys: they follow from a seed
    }
    RawSubmission raw = submission(input);
    return new Trial(raw.size(), () -> accepted(raw));
  }

  private boolean accepted(RawSubmission raw) {
    CompletableFuture<IngestBatches.Answer> answer = gateway.offer(raw).toCompletableFuture();
    boolean published =
        !answer.isDone() || answer.join().verdict() instanceof IngestVerdict.Accepted;
    if (published && !believable(raw)) {
      throw new IllegalStateException("published what nobody signed");
    }
    return published;
  }

  /** By nothing but the keys and where the protocol puts hashes and MACs. */
  private boolean believable(RawSubmission raw) {
    AgentKey key = gateway.key;
    int end = raw.envelope().length - MacTag.BYTES;
    byte[] signed = Arrays.copyOf(raw.envelope(), end);
    MacTag mac = MacTag.of(Arrays.copyOfRange(raw.envelope(), end, raw.envelope().length));
    byte[] header = raw.header();
    byte[] bodyHash = Arrays.copyOfRange(header, header.length - Sha256.BYTES, header.length);
    Envelope envelope = Envelope.Signed.parse(raw.envelope()).envelope();
    return key.envelope().verifies(mac, signed)
        && key.content().verifies(envelope.contentMac(), header)
        && Sha256.of(header).equals(envelope.contentHash())
        && Sha256.of(raw.body()).equals(Sha256.fromBytes(bodyHash))
        && raw.attachedSets().stream().map(Sha256::of).toList().equals(envelope.attached());
  }

  private RawSubmission whole(long seq) {
    return signed(gateway.batch(seq).headerBytes(), gateway.batch(seq).body(), sets());
  }

  private RawSubmission signed(byte[] header, byte[] body, List<byte[]> sets) {
    AgentKey key = gateway.key;
    Envelope envelope =
        new Envelope(
            Sha256.of(header),
            key.id(),
            key.content().sign(header),
            7,
            gateway.now.wallMillis(),
            key.id(),
            sets.stream().map(Sha256::of).toList());
    MacTag mac = key.envelope().sign(envelope.toBytes());
    return raw(header, new Envelope.Signed(envelope, mac).toBytes(), body, sets);
  }

  /** A damaged envelope under a MAC that holds. */
  private byte[] sealed(byte[] envelope, SplittableRandom random) {
    byte[] damaged = damage(Arrays.copyOf(envelope, envelope.length - MacTag.BYTES), random);
    MacTag mac = gateway.key.envelope().sign(damaged);
    return new WireWriter(256).raw(damaged).raw(mac.toBytes()).toBytes();
  }

  private static byte[] damage(byte[] bytes, SplittableRandom random) {
    return Mutator.mutate(random, List.of(bytes));
  }

  private static List<byte[]> sets() {
    Series one = Series.gauge("system.cpu.utilization", "1", Map.of("cpu", "0"));
    Series two = Series.counter("system.network.io", "By", Map.of());
    return List.of(SeriesSet.of(List.of(one, two)).toBytes());
  }

  private static List<byte[]> damagedSets(SplittableRandom random) {
    List<byte[]> sets = new ArrayList<>(sets());
    for (int i = random.nextInt(3); i > 0; i--) {
      sets.add(damage(sets.getFirst(), random));
    }
    sets.set(0, damage(sets.getFirst(), random));
    return sets;
  }

  private static RawSubmission raw(byte[] header, byte[] envelope, byte[] body, List<byte[]> sets) {
    return new RawSubmission(header, envelope, body, sets);
  }

  private static byte[] bytes(RawSubmission raw) {
    WireWriter out = new WireWriter(512).longBytes(raw.header()).longBytes(raw.envelope());
    out.longBytes(raw.body());
    raw.attachedSets().forEach(out::longBytes);
    return out.toBytes();
  }

  private static RawSubmission submission(byte[] input) {
    WireReader in = new WireReader(input);
    byte[] header = in.longBytes("header");
    byte[] envelope = in.longBytes("envelope");
    byte[] body = in.longBytes("body");
    List<byte[]> sets = new ArrayList<>();
    while (in.remaining() > 0) {
      sets.add(in.longBytes("set"));
    }
    return raw(header, envelope, body, sets);
  }
}
