package dev.sentinelj.application.worker;

import dev.sentinelj.application.gateway.AgentDirectory;
import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.frame.Frame;
import dev.sentinelj.core.frame.FrameAddress;
import dev.sentinelj.core.frame.FrameEntry;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.core.wire.MalformedException;
import dev.sentinelj.ports.driven.BatchBus;
import dev.sentinelj.ports.driven.BusPosition;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Opens messages and finds the keys of the agents in them. Holds no state. */
final class PullReader {
  private final MacKey clusterKey;
  private final AgentDirectory directory;

  PullReader(MacKey clusterKey, AgentDirectory directory) {
    this.clusterKey = clusterKey;
    this.directory = directory;
  }

  /** One message, opened. */
  sealed interface Opened {
    BusPosition position();

    record Batches(BusPosition position, List<FrameEntry> entries) implements Opened {}

    record Tick(BusPosition position, long second) implements Opened {}

    record Bad(BusPosition position, byte[] bytes, String detail) implements Opened {}
  }

  List<Opened> open(FrameAddress address, List<BatchBus.Message> messages) {
    return messages.stream().map(message -> open(address, message)).toList();
  }

  private Opened open(FrameAddress address, BatchBus.Message message) {
    try {
      return switch (Frame.open(message.bytes(), address, clusterKey)) {
        case Frame.Batches(List<FrameEntry> entries) ->
            new Opened.Batches(message.position(), entries);
        case Frame.Tick(long second) -> new Opened.Tick(message.position(), second);
      };
    } catch (MalformedException | BatchHeader.UnsupportedVersionException e) {
      return new Opened.Bad(message.position(), message.bytes(), String.valueOf(e.getMessage()));
    }
  }

  /**
   * What is known of each agent in {@code messages}; empty when the registry did not say of one. A
   * key or an agent that the cache lacks is asked for anew: a gateway believed it, so it was made
   * just now, and a registry that says nothing then is no word against it.
   */
  CompletionStage<Optional<Map<AgentId, AgentDirectory.Answer>>> lookUp(
      List<Opened> messages, Now now) {
    Map<AgentId, CompletableFuture<AgentDirectory.Answer>> asked = new HashMap<>();
    keysOf(messages)
        .forEach((agent, keys) -> asked.put(agent, lookUp(agent, keys, now).toCompletableFuture()));
    return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new))
        .thenApply(_ -> known(asked));
  }

  private static Optional<Map<AgentId, AgentDirectory.Answer>> known(
      Map<AgentId, CompletableFuture<AgentDirectory.Answer>> asked) {
    Map<AgentId, AgentDirectory.Answer> answers = new HashMap<>();
    asked.forEach((agent, answer) -> answers.put(agent, answer.join()));
    boolean all = answers.values().stream().noneMatch(PullReader::silent);
    return all ? Optional.of(answers) : Optional.empty();
  }

  private static boolean silent(AgentDirectory.Answer answer) {
    return answer instanceof AgentDirectory.Answer.Unavailable
        || answer instanceof AgentDirectory.Answer.Throttled;
  }

  private static Map<AgentId, Set<KeyId>> keysOf(List<Opened> messages) {
    Map<AgentId, Set<KeyId>> keys = new HashMap<>();
    for (Opened message : messages) {
      if (message instanceof Opened.Batches(_, List<FrameEntry> entries)) {
        for (FrameEntry entry : entries) {
          keys.computeIfAbsent(entry.batch().id().agent(), _ -> new HashSet<>())
              .add(entry.batch().contentKey());
        }
      }
    }
    return keys;
  }

  private CompletionStage<AgentDirectory.Answer> lookUp(AgentId agent, Set<KeyId> keys, Now now) {
    return directory
        .find(agent, keys, now)
        .thenCompose(found ->
            found instanceof AgentDirectory.Answer.Unknown
                ? directory.findAnew(agent, now)
                : CompletableFuture.completedFuture(found));
  }
}
