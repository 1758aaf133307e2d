package dev.sentinelj.bench;

import dev.sentinelj.adapters.grpc.GrpcUplink;
import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Submission;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.Uplink;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * An agent without a log: it makes a batch as soon as fewer than the window's are uncommitted,
 * signs it and sends it, again when it is told to. Gauges walk in steps of a hundredth.
 */
final class LoadAgent {
  private static final long RECONNECT_MILLIS = 1_000;
  private static final BatchCodec CODEC = new ProtobufBatchCodec();

  private final AgentKey key;
  private final EpochId epoch;
  private final LoadOptions options;
  private final GrpcUplink uplink;
  private final ScheduledExecutorService later;
  private final SplittableRandom random;
  private final SeriesSet set;
  private final double[] values;

  /** Everything below is guarded by this object. */
  private final TreeMap<Long, SignedBatch> uncommitted = new TreeMap<>();

  private Uplink.@Nullable Session session;
  private boolean open;
  private boolean stopped;
  private boolean ended;
  private boolean setAccepted;
  private long seq;
  private long samples;
  private long committedSamples;
  private long retries;
  private long lastMillis = System.currentTimeMillis() - 1_000;

  LoadAgent(
      AgentId agent,
      AgentKey key,
      LoadOptions options,
      GrpcUplink uplink,
      ScheduledExecutorService later,
      long seed) {
    this.key = key;
    this.options = options;
    this.uplink = uplink;
    this.later = later;
    this.random = new SplittableRandom(seed);
    this.epoch = new EpochId(agent, random.nextLong());
    this.set = series(options.series());
    this.values = random.doubles(options.series(), 0, 1_000).toArray();
  }

  private static SeriesSet series(int count) {
    return SeriesSet.of(
        IntStream.range(0, count)
            .mapToObj(i -> Series.gauge("bench.value", "1", Map.of("n", Integer.toString(i))))
            .toList());
  }

  synchronized void connect() {
    if (!ended) {
      Uplink.Opening opening =
          new Uplink.Opening(epoch, key, "bench", seq + 1, System.currentTimeMillis());
      session = uplink.open(opening, this::hear);
    }
  }

  /** Makes no more batches; what is under way goes on. */
  synchronized void stopMaking() {
    stopped = true;
  }

  synchronized void disconnect() {
    ended = true;
    if (session != null) {
      session.close();
    }
  }

  /** Samples of batches that were made. */
  synchronized long samples() {
    return samples;
  }

  /** Samples that the server said are in the database. */
  synchronized long committedSamples() {
    return committedSamples;
  }

  /** How often a batch was not taken at once. */
  synchronized long retries() {
    return retries;
  }

  private synchronized void hear(Downlink event) {
    switch (event) {
      case Downlink.Opened _ -> opened();
      case Downlink.Accepted _ -> setAccepted = true;
      case Downlink.Progress(var committed) -> committed(committed.progress().through());
      case Downlink.RetryLater(long _, long number, long _, var _, long delay) -> {
        retries++;
        again(() -> again(number), delay);
      }
      case Downlink.Refused refused ->
          throw new IllegalStateException("the gateway refused a batch of the bench: " + refused);
      case Downlink.SetsNeeded _ -> setAccepted = false;
      case Downlink.Closed _ -> {
        open = false;
        setAccepted = false;
        again(this::connect, RECONNECT_MILLIS);
      }
      case Downlink.Skewed _, Downlink.Reconciled _, Downlink.EpochClosed _ -> {}
    }
  }

  private void opened() {
    open = true;
    uncommitted.values().forEach(this::push);
    fill();
  }

  private void committed(long through) {
    Map<Long, SignedBatch> done = uncommitted.headMap(through, true);
    committedSamples += done.values().stream().mapToLong(batch -> batch.header().samples()).sum();
    done.clear();
    fill();
  }

  private void again(Runnable what, long delayMillis) {
    if (!ended) {
      var _ = later.schedule(what, delayMillis, TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void again(long number) {
    SignedBatch batch = uncommitted.get(number);
    if (batch != null && open) {
      push(batch);
    }
  }

  private void fill() {
    while (open && !stopped && uncommitted.size() < options.window()) {
      SignedBatch batch = make();
      uncommitted.put(seq, batch);
      push(batch);
    }
  }

  private SignedBatch make() {
    Columns columns = columns();
    BatchId id = new BatchId(epoch, ++seq);
    long from = samples;
    samples += options.samplesPerBatch();
    byte[] body = CODEC.encode(id, from, lastMillis, List.of(new Block(set.hash(), columns)));
    BatchHeader header =
        new BatchHeader(
            BatchKind.DATA,
            id,
            from,
            samples,
            columns.timeMillis(0),
            lastMillis,
            0,
            Sha256.of(body));
    return SigningPolicy.signContent(key, header, body);
  }

  /** Rows spread evenly over the time since the last batch. */
  private Columns columns() {
    int rows = options.rows();
    long span = Math.max(rows, System.currentTimeMillis() - lastMillis);
    long[] times = new long[rows];
    for (int row = 0; row < rows; row++) {
      times[row] = lastMillis + span * (row + 1) / rows;
    }
    lastMillis += span;
    Columns.Builder columns = new Columns.Builder(options.series(), times);
    for (int column = 0; column < options.series(); column++) {
      for (int row = 0; row < rows; row++) {
        values[column] += random.nextInt(-100, 101) / 100.0;
        columns.set(column, row, Math.round(values[column] * 100) / 100.0);
      }
    }
    return columns.build();
  }

  private void push(SignedBatch batch) {
    if (session != null) {
      List<Sha256> attached = setAccepted ? List.of() : List.of(set.hash());
      Envelope.Signed envelope =
          SigningPolicy.signEnvelope(
              key, batch, random.nextLong(), System.currentTimeMillis(), attached);
      session.push(
          new Submission(batch, envelope, setAccepted ? List.of() : List.of(set.toBytes())));
    }
  }
}
