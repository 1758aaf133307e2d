package dev.sentinelj.runners.runtime;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a number of a {@link dev.sentinelj.ports.driving.ServerStatus} is to Prometheus.
 *
 * @param number its name in the status
 * @param name without what Prometheus appends to counters
 * @param gauge whether it goes up and down
 * @param factor what it is multiplied with to be in base units
 * @param help one sentence
 */
record Meaning(String number, String name, boolean gauge, double factor, String help) {
  private static final double MILLI = 1e-3;

  private static final Map<String, Meaning> KNOWN =
      Stream.of(
              gauge("sessions_open", "Sessions of agents that are open"),
              gauge("agents_cached", "Agents whose keys the gateway holds in memory"),
              new Meaning(
                  "publisher_bytes_held",
                  "publisher_held_bytes",
                  true,
                  1,
                  "Bytes of batches that wait for their place on the bus"),
              counter("batches_accepted", "Batches that the gateway put on the bus"),
              counter("batches_skewed", "Batches whose agent was told the time first"),
              counter("samples_accepted", "Samples in the batches that the gateway put on the bus"),
              gauge("partitions_owned", "Partitions that this process works on"),
              new Meaning(
                  "lag_millis",
                  "lag_seconds",
                  true,
                  MILLI,
                  "How old the last message read from the bus was, of the partition furthest behind"),
              counter("batches_entered", "Batches entered into the ledger"),
              counter("batches_duplicate", "Batches read that the ledger had already"),
              counter(
                  "batches_copied",
                  "Batches entered whose content the ledger had under another id"),
              counter("batches_parked", "Batches that began to wait for their series set"),
              counter("batches_unparked", "Batches whose series set came"),
              counter(
                  "batches_dropped", "Batches not entered as their epoch has too many gaps before"),
              counter(
                  "batches_unsettled",
                  "Batches entered without counting the losses of their epoch anew"),
              counter("batches_park_dropped", "Batches not parked as others have their place"),
              counter("samples_stored", "Samples written"),
              counter("samples_overflow", "Samples above a series budget, counted and not kept"),
              counter("worker_commits", "Transactions committed"),
              counter("worker_rollbacks", "Transactions rolled back, to be tried again"),
              counter("worker_unknown_outcomes", "Transactions whose outcome nobody told"),
              counter("worker_fenced", "Transactions refused as another worker has the partition"),
              counter("worker_leases_lost", "Partitions that went to another worker"),
              counter("worker_loads", "Times a partition's state was read from the database"),
              counter("worker_registry_waits", "Reads put off as the registry did not answer"),
              counter("worker_decoding_failures", "Reads put off as decoding failed"),
              counter("worker_messages_split", "Messages taken apart as they are too large"),
              counter(
                  "worker_bus_replaced",
                  "Times a partition's lane of the bus was found to be another one and read anew"),
              counter("agent_batches_logged", "Batches this host's agent put into its log"),
              counter("agent_samples_logged", "Samples this host's agent put into its log"),
              counter("agent_readings_refused", "Readings dropped as the log had no room"),
              counter("agent_batches_accepted", "Batches of this host's agent a gateway took"),
              counter("agent_batches_resent", "Batches this host's agent sent again"),
              counter("agent_batches_refused", "Batches of this host's agent no gateway takes"),
              gauge("agent_committed_through", "Every batch up to this seq is in the database"),
              gauge("agent_logged_through", "Every batch up to this seq is in the agent's log"),
              gauge("agent_log_bytes", "Bytes of disk that the agent's log takes"),
              gauge("agent_log_batches", "Batches in the agent's log"),
              counter(
                  "agent_log_forks", "Times the agent's log had a twin and a new one was begun"),
              gauge("agent_former_logs", "Former logs of the agent that are being carried over"),
              counter("agent_batches_carried_over", "Batches carried over from former logs"),
              counter("agent_source_reads", "Readings of this host's sources"),
              counter("agent_source_failures", "Readings of this host's sources that failed"),
              counter("agent_source_timeouts", "Readings that did not end in time"))
          .collect(Collectors.toUnmodifiableMap(Meaning::number, known -> known));

  /** Counters of one kind each have a reason as the end of their names. */
  private static final Map<String, String> FAMILIES =
      Map.of(
          "batches_refused_", "Batches that the gateway refused, reason ",
          "batches_retry_", "Batches that the gateway asked for again later, reason ",
          "quarantined_", "Batches, and groups of samples, kept aside, reason ");

  /** Whether this is more than a guess from the name. */
  static boolean known(String number) {
    return KNOWN.containsKey(number) || FAMILIES.keySet().stream().anyMatch(number::startsWith);
  }

  /** One that nobody described counts up. */
  static Meaning of(String number) {
    Meaning known = KNOWN.get(number);
    return known == null ? counter(number, familyHelp(number)) : known;
  }

  private static String familyHelp(String number) {
    return FAMILIES.entrySet().stream()
        .filter(family -> number.startsWith(family.getKey()))
        .map(family -> family.getValue() + number.substring(family.getKey().length()))
        .findFirst()
        .orElse("Counted since the process began: " + number.replace('_', ' '));
  }

  private static Meaning counter(String number, String help) {
    return new Meaning(number, number, false, 1, help);
  }

  private static Meaning gauge(String number, String help) {
    return new Meaning(number, number, true, 1, help);
  }
}
