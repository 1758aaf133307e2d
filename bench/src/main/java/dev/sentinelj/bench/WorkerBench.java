package dev.sentinelj.bench;

import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.adapters.timescale.DiscardedRows;
import dev.sentinelj.application.status.Counters;
import dev.sentinelj.application.worker.WorkerLimits;
import dev.sentinelj.application.worker.WorkerStrand;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.frame.Frame;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.frame.FrameEntry;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.signing.Purpose;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.ports.driven.BatchCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.LongStream;

/**
 * Samples per CPU second of the worker without the database: a strand as it is, from sealed frames
 * to the bytes of COPY. Batches are signed and sealed between the measured parts.
 */
final class WorkerBench {
  /** Frames that are sealed, then measured. */
  private static final int CHUNK = 100;

  private static final int BATCHES_PER_FRAME = 100;
  private static final FrameAddress ADDRESS = new FrameAddress(0, Lane.FRESH);
  private static final ProtobufBatchCodec CODEC = new ProtobufBatchCodec();

  private final SignedLoad load;
  private final MacKey clusterKey;
  private final FrameQueue bus = new FrameQueue();
  private final Counters counters = new Counters();
  private final DiscardingStore store = new DiscardingStore();
  private final DiscardedRows alone = new DiscardedRows();
  private final WorkerStrand strand;
  private int turn;

  private WorkerBench(HopOptions options) {
    load = new SignedLoad(options.agents(), options.series());
    clusterKey = MacKey.derive(Secret.random(load.random), Purpose.FRAME);
    strand =
        new WorkerStrand(
            "bench",
            List.of(0),
            store,
            bus,
            CODEC,
            load.directory,
            clusterKey,
            Runnable::run,
            WorkerLimits.DEFAULT,
            counters);
  }

  public static void main(String[] args) {
    HopOptions options = HopOptions.parse("worker", args, new HopOptions(100, 100, 10));
    WorkerBench bench = new WorkerBench(options);
    bench.run(options.seconds() / 2.0, new CpuMeter(), new CpuMeter()); // warm-up
    CpuMeter worker = new CpuMeter();
    CpuMeter bare = new CpuMeter();
    long transactions = bench.store.transactions();
    long samples = bench.run(options.seconds(), worker, bare);
    bench.report(samples, bench.store.transactions() - transactions, worker, bare);
  }

  /**
   * @return samples that were stored
   */
  private long run(double cpuSeconds, CpuMeter worker, CpuMeter bare) {
    long[] ids = LongStream.range(0, load.set.size()).toArray();
    long samples = 0;
    while (worker.seconds() < cpuSeconds) {
      List<SignedBatch> batches = new ArrayList<>();
      for (int i = 0; i < CHUNK; i++) {
        bus.add(seal(batches));
      }
      List<Columns> columns = batches.stream().map(WorkerBench::columns).toList();
      long before = stored();
      worker.measure(this::drain);
      requireEqual(stored() - before, (long) batches.size() * load.set.size());
      bare.measure(() -> alone.encodeAlone(ids, columns));
      samples += stored() - before;
    }
    return samples;
  }

  private byte[] seal(List<SignedBatch> batches) {
    List<FrameEntry> entries = new ArrayList<>();
    long time = System.currentTimeMillis();
    for (int i = 0; i < BATCHES_PER_FRAME; i++) {
      int number = turn++;
      SignedLoad.Agent agent = load.agents.get(number % load.agents.size());
      SignedBatch batch = load.next(agent, time);
      List<byte[]> sets = number < load.agents.size() ? List.of(load.set.toBytes()) : List.of();
      entries.add(new FrameEntry(batch, load.random.nextLong(), time, sets));
      batches.add(batch);
    }
    return Frame.seal(new Frame.Batches(entries), ADDRESS, clusterKey);
  }

  private static Columns columns(SignedBatch batch) {
    List<BatchCodec.Part> parts = CODEC.decode(batch.header(), batch.body());
    return parts.getFirst().columns();
  }

  private void drain() {
    do {
      strand.poll(SignedLoad.now());
    } while (!bus.drained(store.position()));
  }

  private long stored() {
    return counters.snapshot().getOrDefault("samples_stored", 0L);
  }

  private static void requireEqual(long stored, long made) {
    if (stored != made) {
      throw new IllegalStateException(made + " samples were made, " + stored + " stored");
    }
  }

  private void report(long samples, long transactions, CpuMeter worker, CpuMeter bare) {
    double rate = samples / worker.seconds();
    double floorRate = samples / bare.seconds();
    Machine.print();
    System.out.printf(
        Locale.ROOT,
        "worker    %,.0f samples per CPU second (%,d agents, %d samples a batch, %d batches a frame, "
            + "%,.0f samples a transaction, %,d samples in %.1f CPU s)%n",
        rate,
        load.agents.size(),
        load.set.size(),
        BATCHES_PER_FRAME,
        (double) samples / transactions,
        samples,
        worker.seconds());
    System.out.printf(
        Locale.ROOT,
        "  floor: the same rows through the COPY encoder alone: %,.0f rows per CPU second; "
            + "ratio %.3f%n",
        floorRate,
        rate / floorRate);
    System.out.println(
        "  not in it: the database and its driver, ledger and progress rows, the bus; there are no"
            + " alert rules yet");
  }
}
