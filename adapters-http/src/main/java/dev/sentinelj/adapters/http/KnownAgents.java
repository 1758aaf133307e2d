package dev.sentinelj.adapters.http;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.ports.driven.AgentRegistry;
import java.util.Collection;

/** Tells an agent of which there is nothing yet from one that nobody knows. */
final class KnownAgents {
  private final AgentRegistry registry;

  KnownAgents(AgentRegistry registry) {
    this.registry = registry;
  }

  /** The agent of the path; one that cannot be an id is as unknown as any other. */
  static AgentId inPath(Call call) {
    try {
      return new AgentId(call.variable("id"));
    } catch (IllegalArgumentException e) {
      throw unknown(call.variable("id"));
    }
  }

  /**
   * @param id as it was given
   */
  static ProblemException unknown(String id) {
    return Problem.notFound("there is no agent '" + Call.shown(id) + "'");
  }

  /**
   * What was found of an agent. Only when that is nothing the registry is asked, so rows of one
   * that was never let in are told all the same.
   */
  <T extends Collection<?>> T orUnknown(AgentId agent, T found) {
    if (found.isEmpty()
        && !(Stages.await("looking up " + agent, registry.find(agent))
            instanceof AgentRegistry.Lookup.Known)) {
      throw unknown(agent.value());
    }
    return found;
  }
}
