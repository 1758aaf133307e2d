package dev.sentinelj.runners.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.sentinelj.adapters.files.FileAgentIdentity;
import dev.sentinelj.adapters.files.TinkSecretVault;
import dev.sentinelj.adapters.files.WalConfig;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import dev.sentinelj.ports.driven.SecretVault;
import dev.sentinelj.runners.runtime.ShutdownSequence;
import dev.sentinelj.testkit.Stages;
import dev.sentinelj.testkit.TestBatches;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a log when its directory gets another identity. */
class HostAgentTest {
  private static final WalConfig WAL = new WalConfig(64 << 10, 64 << 20, 0);

  @TempDir private Path directory;
  private SecretVault vault;

  @BeforeEach
  void open() {
    vault = TinkSecretVault.open(directory.resolve("keys"), Optional.empty());
  }

  @Test
  void open_underAnotherIdentity_setsTheLogAsideAndBeginsAFreshOne() throws IOException {
    long former = as("web-1", log -> append(log, "web-1", 2));

    long fresh = as("web-2", HostAgentTest::expectEmpty);

    assertThat(fresh).isNotEqualTo(former);
    assertThat(logs()).containsExactly("wal", "wal.web-1");
  }

  @Test
  void open_underTheFormerIdentityAgain_goesOnWithItsLog() throws IOException {
    long former = as("web-1", log -> append(log, "web-1", 2));
    long fresh = as("web-2", log -> append(log, "web-2", 1));

    long back = as("web-1", log -> expectBatches(log, 2));

    assertThat(back).isEqualTo(former);
    assertThat(logs()).containsExactly("wal", "wal.web-2");
    assertThat(as("web-2", log -> expectBatches(log, 1))).isEqualTo(fresh);
    assertThat(logs()).containsExactly("wal", "wal.web-1");
  }

  @Test
  void open_underTheFormerIdentity_beforeTheOtherLoggedAnything_goesOnWithItsLog()
      throws IOException {
    long former = as("web-1", log -> append(log, "web-1", 2));
    as("web-2", HostAgentTest::expectEmpty);

    assertThat(as("web-1", log -> expectBatches(log, 2))).isEqualTo(former);
    assertThat(logs()).containsExactly("wal", "wal.~");
  }

  @Test
  void open_whenTheNameIsTaken_overwritesNothing() throws IOException {
    as("web-1", log -> append(log, "web-1", 2));
    Files.createFile(directory.resolve("wal.web-1"));

    as("web-2", HostAgentTest::expectEmpty);

    assertThat(logs()).containsExactly("wal", "wal.web-1", "wal.web-1~2");
  }

  @Test
  void open_underTheSameIdentity_goesOnWithTheLog() throws IOException {
    long first = as("web-1", log -> append(log, "web-1", 2));

    assertThat(as("web-1", log -> expectBatches(log, 2))).isEqualTo(first);
    assertThat(logs()).containsExactly("wal");
  }

  @Test
  void open_justEnrolled_takesNoLogThatGaveOutSeqsAndNamesNobody() throws IOException {
    as("web-1", log -> append(log, "web-1", 2));
    long former = as("web-1", HostAgentTest::free);

    long fresh = ownLog("web-2", true);

    assertThat(fresh).isNotEqualTo(former);
    assertThat(logs()).containsExactly("wal", "wal.~");
    assertThat(ownLog("web-2", true)).isEqualTo(fresh);
  }

  @Test
  void open_whereNoGatewayListens_namesTheAddressAndWhatToDo() {
    try (ShutdownSequence shutdown = new ShutdownSequence()) {
      assertThatExceptionOfType(PortUnavailableException.class)
          .isThrownBy(() -> HostAgent.open(place(), vault, () -> "a token", shutdown))
          .withMessageContainingAll("localhost:1:", "./sentinel up", "server.port");
    }
  }

  private long ownLog(String agent, boolean enrolled) {
    try (var logs = OwnLog.open(directory.resolve("wal"), WAL, new AgentId(agent), enrolled)) {
      return logs.current().epoch();
    }
  }

  /** Opens the agent, does something with its log, and closes it; the log's epoch. */
  private long as(String agent, Function<BatchLog, Long> work) {
    new FileAgentIdentity(directory.resolve("identity"), vault)
        .save(
            new FileAgentIdentity.Identity(
                new AgentId(agent),
                new KeyId("k1"),
                Secret.random(new SplittableRandom(1)),
                "localhost:1"));
    try (ShutdownSequence shutdown = new ShutdownSequence()) {
      HostAgent opened = HostAgent.open(place(), vault, () -> "no token", shutdown);
      assertThat(opened.identity().id()).isEqualTo(new AgentId(agent));
      return work.apply(opened.batchLogs().current());
    }
  }

  private HostAgent.Place place() {
    InetSocketAddress nowhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    return new HostAgent.Place(directory, WAL, nowhere, "test");
  }

  private static long append(BatchLog log, String agent, int batches) {
    EpochId epoch = new EpochId(new AgentId(agent), log.epoch());
    for (int i = 0; i < batches; i++) {
      BatchId id = new BatchId(epoch, log.nextSeq());
      Stages.await(log.append(TestBatches.opaque(id, 10, 100), List.of()));
    }
    return log.epoch();
  }

  /** Deletes what was logged before the last start, as when the database has it. */
  private static long free(BatchLog log) {
    log.delete(log.oldestSealed().orElseThrow());
    assertThat(log.usage().batches()).isZero();
    return log.epoch();
  }

  private static long expectEmpty(BatchLog log) {
    assertThat(log.nextSeq()).isEqualTo(1);
    return log.epoch();
  }

  private static long expectBatches(BatchLog log, long batches) {
    assertThat(log.usage().batches()).isEqualTo(batches);
    return log.epoch();
  }

  private List<String> logs() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> name.startsWith("wal"))
          .sorted()
          .toList();
    }
  }
}
