package dev.sentinelj.application.agent;

import dev.sentinelj.adapters.memory.InMemoryBatchLogs;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.BatchLogs;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;

/** A whole agent that may die at any call of a port and is started again from its disk. */
final class ForkedHost {
  private static final ExporterOptions SHIPPING =
      new ExporterOptions(
          8,
          1 << 20,
          8,
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          Duration.ofHours(1),
          Duration.ofMinutes(10));

  /** Contents whose append returned. */
  final Set<Sha256> promised;

  private final ModelServer server;
  private final SplittableRandom random;
  private final Deque<Runnable> mailbox = new ArrayDeque<>();
  InMemoryBatchLogs disk;
  CollectAndShip agent;
  Now now;

  /** Whether logs can be neither made nor deleted. */
  boolean diskFails;

  /** Whether logs cannot be read. */
  boolean readsFail;

  private long callsUntilDeath = Long.MAX_VALUE;

  /** Power goes. */
  static final class Death extends Error {
    private static final long serialVersionUID = 1L;
  }

  ForkedHost(ModelServer server, long seed, InMemoryBatchLogs disk, Set<Sha256> promised) {
    this.server = server;
    this.random = new SplittableRandom(seed);
    this.disk = disk;
    this.promised = new LinkedHashSet<>(promised);
    this.now = new Now(AgentRig.T0, 7_000_000_000L);
    this.agent = newAgent();
  }

  static ForkedHost create(ModelServer server, long seed) {
    SplittableRandom epochs = new SplittableRandom(seed);
    InMemoryBatchLogs disk = new InMemoryBatchLogs(epochs::nextLong, 600, 1 << 20);
    return new ForkedHost(server, seed, disk, Set.of());
  }

  /** A machine with the same disk. */
  ForkedHost twin(long seed) {
    SplittableRandom epochs = new SplittableRandom(seed);
    ForkedHost twin = new ForkedHost(server, seed, disk.copy(epochs::nextLong), promised);
    twin.now = now;
    return twin;
  }

  /** From now on, dies at the call with this number. */
  void dieAt(long call) {
    callsUntilDeath = call;
  }

  void restart() {
    mailbox.clear();
    disk = disk.crash();
    callsUntilDeath = Long.MAX_VALUE;
    agent = newAgent();
  }

  void collect(int batches, String set) {
    for (int i = 0; i < batches; i++) {
      agent.add(AgentRig.reading(AgentRig.set(set), now.wallMillis() + i), now);
      agent.flush(now);
      run();
    }
  }

  void pass(int polls) {
    for (int i = 0; i < polls; i++) {
      now = now.plusMillis(100);
      agent.poll(now);
      run();
    }
  }

  boolean settled() {
    BatchLog log = disk.current();
    return disk.formers().isEmpty()
        && agent.status(now).shipping().committedThrough() == log.durableThrough();
  }

  private void run() {
    while (!mailbox.isEmpty()) {
      mailbox.removeFirst().run();
      if (callsUntilDeath <= 0) {
        throw new Death(); // a future may have kept the first to itself
      }
    }
  }

  private CollectAndShip newAgent() {
    server.onCall = () -> {};
    return new CollectAndShip(
        new AgentIdentity(AgentRig.AGENT, "test", () -> AgentRig.KEY),
        new CountedLogs(disk),
        new WireCodec(),
        (opening, events) -> {
          server.onCall = this::call;
          return server.open(opening, events);
        },
        (batch, reason) -> {
          throw new AssertionError(batch + " was refused: " + reason);
        },
        BatcherOptions.DEFAULT,
        SHIPPING,
        random.split(),
        mailbox::add,
        () -> now);
  }

  private void call() {
    if (callsUntilDeath != Long.MAX_VALUE && --callsUntilDeath <= 0) {
      throw new Death();
    }
  }

  /** Each call is one to die at; appends also between what they do and the word that it is done. */
  private final class CountedLogs implements BatchLogs {
    private final InMemoryBatchLogs logs;
    private final Map<BatchLog, BatchLog> counted = new HashMap<>();

    CountedLogs(InMemoryBatchLogs logs) {
      this.logs = logs;
    }

    @Override
    public BatchLog current() {
      return counted(logs.current());
    }

    @Override
    public List<BatchLog> formers() {
      return logs.formers().stream().map(this::counted).toList();
    }

    @Override
    public BatchLog succeed() {
      call();
      checkDisk();
      BatchLog next = logs.succeed();
      call();
      return counted(next);
    }

    @Override
    public void retire(BatchLog former) {
      call();
      checkDisk();
      logs.retire(
          logs.formers().stream()
              .filter(log -> counted(log).equals(former))
              .findFirst()
              .orElseThrow());
      call();
    }

    private void checkDisk() {
      if (diskFails) {
        throw new PortUnavailableException("the disk");
      }
    }

    private BatchLog counted(BatchLog log) {
      return counted.computeIfAbsent(log, CountedLog::new);
    }
  }

  private final class CountedLog implements BatchLog {
    private final BatchLog log;

    CountedLog(BatchLog log) {
      this.log = log;
    }

    @Override
    public CompletionStage<Void> append(SignedBatch batch, List<SeriesSet> sets) {
      call();
      CompletionStage<Void> stage = log.append(batch, sets);
      call();
      return stage.thenRun(() -> {
        if (ModelServer.isData(batch)) {
          promised.add(batch.contentHash());
        }
      });
    }

    @Override
    public long epoch() {
      return log.epoch();
    }

    @Override
    public long nextSeq() {
      return log.nextSeq();
    }

    @Override
    public long sampleCount() {
      return log.sampleCount();
    }

    @Override
    public List<Long> torn() {
      return log.torn();
    }

    @Override
    public List<SeqRanges.Range> everTorn() {
      return log.everTorn();
    }

    @Override
    public List<LossRecord.Entry> damaged() {
      return log.damaged();
    }

    @Override
    public boolean refused(long seq) {
      return log.refused(seq);
    }

    @Override
    public long durableThrough() {
      return log.durableThrough();
    }

    @Override
    public long firstSeq() {
      return log.firstSeq();
    }

    @Override
    public List<SignedBatch> read(long from, int maxCount, long maxBytes) {
      if (readsFail) {
        throw new PortUnavailableException("the disk");
      }
      return log.read(from, maxCount, maxBytes);
    }

    @Override
    public Optional<SeriesSet> set(Sha256 hash) {
      return log.set(hash);
    }

    @Override
    public Optional<SealedSegment> oldestSealed() {
      return log.oldestSealed();
    }

    @Override
    public void delete(SealedSegment segment) {
      call();
      log.delete(segment);
      call();
    }

    @Override
    public Usage usage() {
      return log.usage();
    }
  }
}
