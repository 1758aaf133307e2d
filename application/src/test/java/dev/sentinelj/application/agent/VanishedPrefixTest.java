package dev.sentinelj.application.agent;

import static dev.sentinelj.application.agent.AgentRig.AGENT;
import static dev.sentinelj.application.agent.AgentRig.EPOCH;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sentinelj.adapters.memory.InMemoryBatchLog;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.progress.Balance;
import dev.sentinelj.core.progress.Committed;
import dev.sentinelj.core.progress.EpochProgress;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VanishedPrefixTest {
  private static final Duration AFTER = Duration.ofMinutes(10);

  private final AgentRig rig =
      new AgentRig(new InMemoryBatchLog(EPOCH, 1_000, 1 << 20), ExporterOptions.DEFAULT);
  private final List<LossRecord.Entry> lost = new ArrayList<>();
  private final CommittedWord word = new CommittedWord();
  private boolean readsFail;
  private final VanishedPrefix vanished = new VanishedPrefix(unreliable(), lost::add, AFTER);
  private final Now now = rig.now;

  @Test
  void deletedAndLackingForLong_isSaidToBeLostOnce() {
    long first = deleteASegment();
    committed(0);

    vanished.heard(word, now);
    vanished.poll(word, now.plusMillis(AFTER.toMillis() - 1));
    assertThat(lost).isEmpty();

    vanished.poll(word, now.plusMillis(AFTER.toMillis()));
    vanished.poll(word, now.plusMillis(AFTER.toMillis() + 1));

    assertThat(lost)
        .containsExactly(new LossRecord.Entry(1, first - 1, first - 1, LossReason.DROPPED));
  }

  @Test
  void tornSeqs_areSaidToBeTornAgain() {
    rig.collect();
    rig.log.holdSyncs();
    rig.collect();
    InMemoryBatchLog crashed = rig.log.crash();
    AgentRig next = new AgentRig(crashed, ExporterOptions.DEFAULT);
    while (crashed.oldestSealed().isPresent() || crashed.firstSeq() == 1) {
      next.collect();
      crashed.oldestSealed().ifPresent(crashed::delete);
    }
    VanishedPrefix prefix = new VanishedPrefix(crashed, lost::add, AFTER);
    committed(0);

    prefix.heard(word, now);
    prefix.poll(word, now.plusMillis(AFTER.toMillis()));

    assertThat(lost).hasSize(2).endsWith(new LossRecord.Entry(2, 2, 0, LossReason.TORN));
  }

  @Test
  void firstBatchThatCannotBeRead_isCountedWithThoseBeforeIt() {
    long first = deleteASegment();
    rig.collect();
    rig.log.damage(first);
    committed(0);

    vanished.heard(word, now);
    vanished.poll(word, now.plusMillis(AFTER.toMillis()));

    assertThat(lost).containsExactly(new LossRecord.Entry(1, first, first, LossReason.DROPPED));
  }

  @Test
  void thereAgain_isSaidAnewWhenItVanishesOnceMore() {
    long first = deleteASegment();
    committed(0);
    vanished.heard(word, now);
    vanished.poll(word, now.plusMillis(AFTER.toMillis()));

    committed(first - 1);
    vanished.heard(word, now);
    committed(0);
    vanished.heard(word, now);
    vanished.poll(word, now.plusMillis(AFTER.toMillis()));

    assertThat(lost).hasSize(2);
  }

  @Test
  void sessionEnded_countsTheTimeAnew() {
    deleteASegment();
    committed(0);
    vanished.heard(word, now);

    vanished.sessionEnded();
    vanished.heard(word, now.plusMillis(AFTER.toMillis()));

    assertThat(lost).isEmpty();
  }

  @Test
  void logThatCannotBeRead_isSaidLater() {
    deleteASegment();
    committed(0);
    vanished.heard(word, now);
    readsFail = true;
    assertThatThrownBy(() -> vanished.poll(word, now.plusMillis(AFTER.toMillis())))
        .isInstanceOf(PortUnavailableException.class);
    readsFail = false;

    vanished.poll(word, now.plusMillis(AFTER.toMillis()));

    assertThat(lost).hasSize(1);
  }

  /** The least seq that is left. */
  private long deleteASegment() {
    while (rig.log.oldestSealed().isEmpty()) {
      rig.collect();
    }
    rig.log.delete(rig.log.oldestSealed().orElseThrow());
    return rig.log.firstSeq();
  }

  private void committed(long through) {
    EpochProgress progress =
        new EpochProgress(
            new EpochId(AGENT, EPOCH), through, List.of(), Balance.ZERO, false, false);
    word.update(new Committed(progress, List.of(), List.of()));
  }

  private BatchLog unreliable() {
    return (BatchLog)
        Proxy.newProxyInstance(
            BatchLog.class.getClassLoader(),
            new Class<?>[] {BatchLog.class},
            (_, method, arguments) -> {
              if (readsFail && method.getName().equals("read")) {
                throw new PortUnavailableException("the disk");
              }
              return method.invoke(rig.log, arguments);
            });
  }
}
