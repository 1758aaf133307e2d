package dev.sentinelj.runners.agent;

import dev.sentinelj.adapters.files.FileBatchLogs;
import dev.sentinelj.adapters.files.WalConfig;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.ports.PortUnavailableException;
import dev.sentinelj.ports.driven.BatchLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of one agent. When a directory has a new identity, the log in it is still the former
 * agent's: no gateway takes its batches from the new one, and its epoch counts what the new one
 * never collected. It is set aside under the name of its agent, never deleted, and put back when
 * that identity is.
 */
final class OwnLog {
  private static final Logger LOG = LoggerFactory.getLogger(OwnLog.class);

  /** For a log that names no agent. No agent has this name. */
  private static final String NOBODY = "~";

  private final Path place;
  private final WalConfig config;
  private final AgentId agent;
  private final boolean enrolled;

  private OwnLog(Path place, WalConfig config, AgentId agent, boolean enrolled) {
    this.place = place;
    this.config = config;
    this.agent = agent;
    this.enrolled = enrolled;
  }

  /**
   * Opens the log of {@code agent} at {@code place}.
   *
   * @param enrolled whether the agent got its name just now: what was there before is its own only
   *     if a batch in it says so
   * @throws PortUnavailableException when another agent's log could not be set aside
   */
  static FileBatchLogs open(Path place, WalConfig config, AgentId agent, boolean enrolled) {
    return new OwnLog(place, config, agent, enrolled).open();
  }

  private FileBatchLogs open() {
    FileBatchLogs logs = FileBatchLogs.open(place, config);
    Optional<AgentId> owner = owner(logs);
    if (owner.map(agent::equals).orElse(!isOthers(logs))) {
      return logs;
    }
    long batches = held(logs).mapToLong(log -> log.usage().batches()).sum();
    logs.close();
    Path aside = setAside(owner.map(AgentId::value).orElse(NOBODY));
    owner.ifPresent(former -> warn(former, batches, aside));
    putBack();
    return open(); // what was put back may be somebody else's too
  }

  /** Whether a log that names no agent is another's: it gave out seqs, or ours waits beside it. */
  private boolean isOthers(FileBatchLogs logs) {
    return Files.exists(aside(agent.value())) || (enrolled && logs.current().nextSeq() > 1);
  }

  private static Stream<BatchLog> held(FileBatchLogs logs) {
    return Stream.concat(logs.formers().stream(), Stream.of(logs.current()));
  }

  /** The agent of the first batch that can be read; empty when none can. */
  private static Optional<AgentId> owner(FileBatchLogs logs) {
    return held(logs).flatMap(OwnLog::first).findFirst();
  }

  private static Stream<AgentId> first(BatchLog log) {
    try {
      return log.read(log.firstSeq(), 1, 1).stream().map(batch -> batch.id().agent());
    } catch (PortUnavailableException e) {
      return Stream.empty();
    }
  }

  private Path setAside(String owner) {
    Path aside = aside(owner);
    for (int copy = 2; Files.exists(aside); copy++) {
      aside = aside(owner + NOBODY + copy);
    }
    move(place, aside);
    return aside;
  }

  private void putBack() {
    Path own = aside(agent.value());
    if (Files.exists(own)) {
      move(own, place);
      LOG.info("the log of agent {} is back from {}", agent, own);
    }
  }

  private Path aside(String owner) {
    return place.resolveSibling(place.getFileName() + "." + owner);
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new PortUnavailableException(from + " cannot be moved to " + to, e);
    }
  }

  private void warn(AgentId former, long batches, Path aside) {
    LOG.warn(
        "the log here was agent {}'s and this is agent {}: it was moved to {}, batches in it: {},"
            + " shipped or not. To ship them put the identity of {} back; its log comes back from"
            + " {} by itself",
        former,
        agent,
        aside,
        batches,
        former,
        aside(former.value()));
  }
}
