package dev.sentinelj.application.agent;

import dev.sentinelj.adapters.memory.InMemoryBatchLog;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.Lane;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.ingest.Receipt;
import dev.sentinelj.core.ingest.Refusal;
import dev.sentinelj.core.ingest.RetryReason;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.progress.LaneRead;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.session.Downlink;
import dev.sentinelj.core.session.ReconcileAnswer;
import dev.sentinelj.core.session.ReconcileQuery;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.BatchLogs;
import dev.sentinelj.ports.driven.MetricSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** One agent over ports in memory, driven step by step. */
final class AgentRig {
  static final long T0 = 1_800_000_000_000L;
  static final AgentId AGENT = new AgentId("rig");
  static final long EPOCH = 0x5EEDL;
  static final AgentKey KEY = new AgentKey(new KeyId("k1"), Secret.random(new SplittableRandom(1)));
  static final SeriesSet SET = set("one");

  final ScriptedUplink uplink = new ScriptedUplink();
  final ServerTerms terms = new ServerTerms();
  final List<Kept> kept = new ArrayList<>();
  final Deque<Runnable> mailbox = new ArrayDeque<>();
  final InMemoryBatchLog log;
  final Batcher batcher;
  final Exporter exporter;
  boolean quarantineBroken;
  Now now;

  private record OnlyLog(BatchLog current) implements BatchLogs {
    @Override
    public List<BatchLog> formers() {
      return List.of();
    }

    @Override
    public BatchLog succeed() {
      throw new AssertionError("nobody asked for another log");
    }

    @Override
    public void retire(BatchLog former) {
      throw new AssertionError("there is no former log");
    }
  }

  record Kept(long seq, Refusal reason) {}

  AgentRig() {
    this(new InMemoryBatchLog(EPOCH, 1 << 20, 1 << 24), ExporterOptions.DEFAULT);
  }

  AgentRig(InMemoryBatchLog log, ExporterOptions options) {
    this(log, options, new Now(T0, 7_000_000_000L));
  }

  AgentRig(InMemoryBatchLog log, ExporterOptions options, Now start) {
    this.log = log;
    this.now = start;
    WireCodec codec = new WireCodec();
    batcher =
        new Batcher(
            AGENT, log, codec, () -> KEY, terms, BatcherOptions.DEFAULT, mailbox::add, () -> now);
    exporter =
        new Exporter(
            new AgentIdentity(AGENT, "test", () -> KEY),
            log,
            codec,
            uplink,
            this::keep,
            batcher,
            new Succession(new OnlyLog(log), codec, batcher, terms),
            terms,
            options,
            new ShippedCounts(),
            new SplittableRandom(42),
            mailbox::add,
            () -> now);
  }

  private void keep(SignedBatch batch, Refusal reason) {
    if (quarantineBroken) {
      throw new PortUnavailableException("keeping a refused batch");
    }
    kept.add(new Kept(batch.id().seq(), reason));
  }

  static SeriesSet set(String name) {
    return SeriesSet.of(List.of(Series.gauge(name, "1", Map.of())));
  }

  static MetricSource.Reading reading(SeriesSet set, long... times) {
    Columns.Builder columns = new Columns.Builder(set.size(), times);
    for (int row = 0; row < times.length; row++) {
      for (int column = 0; column < set.size(); column++) {
        columns.set(column, row, row + column);
      }
    }
    return new MetricSource.Reading(set, columns.build());
  }

  AgentRig run() {
    while (!mailbox.isEmpty()) {
      mailbox.removeFirst().run();
    }
    return this;
  }

  AgentRig poll() {
    batcher.poll(now);
    run();
    exporter.poll(now);
    return run();
  }

  AgentRig pass(long millis) {
    now = now.plusMillis(millis);
    return poll();
  }

  /** Appends one batch with one sample of this moment. */
  AgentRig collect() {
    return collect(SET);
  }

  AgentRig collect(SeriesSet set) {
    batcher.add(reading(set, now.wallMillis()), now);
    batcher.flush(now);
    return run();
  }

  AgentRig collect(int batches) {
    for (int i = 0; i < batches; i++) {
      collect();
    }
    return this;
  }

  ScriptedUplink.Line line() {
    return uplink.last();
  }

  AgentRig says(Downlink event) {
    line().says(event);
    return run();
  }

  /** Connects and hears of nothing committed. */
  AgentRig connect() {
    return open().committed(0);
  }

  AgentRig open() {
    poll();
    return says(new Downlink.Opened(now.wallMillis(), SessionLimits.DEFAULT));
  }

  AgentRig lost() {
    return says(new Downlink.Closed(Downlink.CloseReason.LOST, "gone"));
  }

  AgentRig accept(long seq) {
    return accept(seq, receipt(1, seq));
  }

  AgentRig accept(long seq, Receipt receipt) {
    return says(new Downlink.Accepted(EPOCH, seq, attempt(seq), receipt));
  }

  AgentRig refuse(long seq, Refusal reason) {
    return says(new Downlink.Refused(EPOCH, seq, attempt(seq), reason));
  }

  AgentRig disbelieve(long seq) {
    return says(new Downlink.RetryLater(EPOCH, seq, attempt(seq), RetryReason.NOT_BELIEVED, 5_000));
  }

  AgentRig retry(long seq, long delayMillis) {
    return says(
        new Downlink.RetryLater(EPOCH, seq, attempt(seq), RetryReason.BUS_FULL, delayMillis));
  }

  AgentRig committed(long through, LaneRead... lanes) {
    return committed(through, List.of(), List.of(), lanes);
  }

  AgentRig committed(
      long through, List<SeqRanges.Range> above, List<Long> parked, LaneRead... lanes) {
    EpochProgress progress =
        new EpochProgress(new EpochId(AGENT, EPOCH), through, above, Balance.ZERO, false, false);
    return says(new Downlink.Progress(new Committed(progress, parked, Arrays.asList(lanes))));
  }

  /** The database has what the last question was about, as we have it. */
  AgentRig ours() {
    ReconcileQuery last = line().questions.getLast();
    return reconciled(new ReconcileAnswer.Equal(last.epoch(), last.from(), last.to()));
  }

  AgentRig reconciled(ReconcileAnswer answer) {
    return says(new Downlink.Reconciled(answer));
  }

  long attempt(long seq) {
    return line().latest(seq).envelope().envelope().attempt();
  }

  static Receipt receipt(long generation, long sequence) {
    return new Receipt(3, Lane.FRESH, generation, sequence);
  }

  static LaneRead read(long generation, long sequence) {
    return new LaneRead(3, Lane.FRESH, generation, sequence);
  }

  List<Sha256> hashes(long from, long to) {
    return log.read(from, (int) (to - from + 1), Long.MAX_VALUE).stream()
        .map(SignedBatch::contentHash)
        .toList();
  }
}
