package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLog;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides which definitions travel beside a batch: those it refers to until one was accepted in
 * this session, then once a minute until one is committed; and those that were asked for, beside
 * whatever goes next.
 */
final class SetBook {
  static final long REPEAT_MILLIS = 60_000;

  /** Batches whose sets are remembered, so that a body is read once however often it is sent. */
  private static final int REMEMBERED = 1_024;

  private final BatchLog log;
  private final BatchCodec codec;
  private final Map<Sha256, Use> uses = new HashMap<>();
  private final Set<Sha256> asked = new LinkedHashSet<>();
  private final Map<Long, List<Sha256>> referred =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, List<Sha256>> eldest) {
          return size() > REMEMBERED;
        }
      };

  private static final int MAX_USES = 4_096;

  SetBook(BatchLog log, BatchCodec codec) {
    this.log = log;
    this.codec = codec;
  }

  private static final class Use {
    boolean accepted;
    boolean committed;
    long attachedAtNanos;
  }

  /** The definitions to send beside {@code batch}, at most {@code maxBytes} of them. */
  List<SeriesSet> attach(SignedBatch batch, long maxBytes, Now now) {
    Set<Sha256> wanted = new LinkedHashSet<>(asked);
    for (Sha256 hash : setsOf(batch)) {
      if (due(use(hash), now)) {
        wanted.add(hash);
      }
    }
    List<SeriesSet> sets = new ArrayList<>();
    long left = maxBytes;
    for (Sha256 hash : wanted) {
      SeriesSet set = log.set(hash).orElse(null);
      if (set == null) {
        asked.remove(hash); // no batch we hold refers to it, so nobody of ours waits for it
      } else if (sets.size() < Envelope.MAX_ATTACHED && set.toBytes().length <= left) {
        left -= set.toBytes().length;
        use(hash).attachedAtNanos = now.monotonicNanos();
        sets.add(set);
      }
    }
    return sets;
  }

  void accepted(Collection<Sha256> attached) {
    for (Sha256 hash : attached) {
      use(hash).accepted = true;
      asked.remove(hash);
    }
  }

  void committed(Collection<Sha256> carried) {
    carried.forEach(hash -> use(hash).committed = true);
  }

  void asked(Collection<Sha256> hashes) {
    hashes.stream().limit(Math.max(0, REMEMBERED - asked.size())).forEach(asked::add);
  }

  /** Whether definitions were asked for that have not gone out since. */
  boolean owes() {
    return !asked.isEmpty();
  }

  /** What an earlier gateway took counts no more. */
  void sessionEnded() {
    uses.values().forEach(use -> use.accepted = false);
  }

  private boolean due(Use use, Now now) {
    boolean minutePassed = now.monotonicNanos() - use.attachedAtNanos >= REPEAT_MILLIS * 1_000_000;
    return !use.accepted || (!use.committed && minutePassed);
  }

  private Use use(Sha256 hash) {
    if (uses.size() >= MAX_USES) {
      uses.clear(); // costs sending the definitions in use once more
    }
    return uses.computeIfAbsent(hash, _ -> new Use());
  }

  private List<Sha256> setsOf(SignedBatch batch) {
    return referred.computeIfAbsent(batch.id().seq(), _ -> List.copyOf(referredBy(batch, codec)));
  }

  /** The sets that {@code batch}, or what it is a copy of, names by hash. */
  static Set<Sha256> referredBy(SignedBatch batch, BatchCodec codec) {
    Set<Sha256> hashes = new LinkedHashSet<>();
    try {
      SignedBatch original = CopiedBatch.originalOf(batch);
      if (original.header().kind() != BatchKind.DATA) {
        return hashes;
      }
      for (BatchCodec.Part part : codec.decode(original.header(), original.body())) {
        if (part instanceof BatchCodec.Part.Referring(var block)) {
          hashes.add(block.set());
        }
      }
    } catch (MalformedException _) {
      hashes.clear(); // the worker keeps it in quarantine, with or without sets beside it
    }
    return hashes;
  }
}
