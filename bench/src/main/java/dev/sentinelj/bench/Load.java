package dev.sentinelj.bench;

import dev.sentinelj.adapters.grpc.GrpcEnrolment;
import dev.sentinelj.adapters.grpc.GrpcUplink;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.ports.PortUnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** All simulated agents of a run. */
final class Load implements AutoCloseable {
  private static final int ENROL_AT_A_TIME = 8;
  private static final int ENROL_TRIES = 60;

  /** The gateway takes 50 enrolments a second. */
  private static final long ENROL_AGAIN_MILLIS = 500;

  private static final Pattern TOKEN = Pattern.compile("\"token\":\"([^\"]+)\"");

  private final List<LoadAgent> agents;
  private final ScheduledExecutorService later;

  private Load(List<LoadAgent> agents, ScheduledExecutorService later) {
    this.agents = agents;
    this.later = later;
  }

  /** Enrols the agents as any other, with a join token from REST. */
  static Load enrol(Up up, LoadOptions options) throws InterruptedException, ExecutionException {
    String body = "{\"uses\":" + options.agents() + ",\"ttl_seconds\":3600}";
    Matcher token = TOKEN.matcher(up.post("/v1/join-tokens", body));
    if (!token.find()) {
      throw new IllegalStateException("the answer to a join token has none");
    }
    ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
    GrpcUplink uplink = new GrpcUplink(up.gateway());
    List<LoadAgent> agents = new ArrayList<>();
    try (ExecutorService enrolling = Executors.newFixedThreadPool(ENROL_AT_A_TIME)) {
      List<Future<GrpcEnrolment.Outcome>> outcomes = new ArrayList<>();
      for (int i = 0; i < options.agents(); i++) {
        String hardware = "bench-" + i;
        outcomes.add(enrolling.submit(() -> enrol(up, token.group(1), hardware)));
      }
      for (Future<GrpcEnrolment.Outcome> outcome : outcomes) {
        switch (outcome.get()) {
          case GrpcEnrolment.Outcome.Enrolled(var agent, var key, var secret, var _) ->
              agents.add(
                  new LoadAgent(
                      agent, new AgentKey(key, secret), options, uplink, later, agents.size()));
          case GrpcEnrolment.Outcome.Refused(String message) ->
              throw new IllegalStateException("an agent was not let in: " + message);
        }
      }
    }
    return new Load(agents, later);
  }

  private static GrpcEnrolment.Outcome enrol(Up up, String token, String hardware)
      throws InterruptedException {
    for (int left = ENROL_TRIES; ; left--) {
      try {
        return GrpcEnrolment.enrol(up.gateway(), token, hardware, "bench")
            .toCompletableFuture()
            .join();
      } catch (CompletionException e) {
        if (left == 1 || !(e.getCause() instanceof PortUnavailableException)) {
          throw e;
        }
        TimeUnit.MILLISECONDS.sleep(ENROL_AGAIN_MILLIS);
      }
    }
  }

  void start() {
    agents.forEach(LoadAgent::connect);
  }

  void stopMaking() {
    agents.forEach(LoadAgent::stopMaking);
  }

  long samples() {
    return sum(LoadAgent::samples);
  }

  long committedSamples() {
    return sum(LoadAgent::committedSamples);
  }

  long retries() {
    return sum(LoadAgent::retries);
  }

  private long sum(ToLongFunction<LoadAgent> of) {
    return agents.stream().mapToLong(of).sum();
  }

  @Override
  public void close() {
    agents.forEach(LoadAgent::disconnect);
    later.shutdownNow();
  }
}
