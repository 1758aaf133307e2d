package dev.sentinelj.auditor;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes rows of one epoch by hand, as a worker would have left them or would never. */
record HandMade(String agent, long epoch) {
  static HandMade epoch(long epoch) {
    return new HandMade(SchemaForTests.newAgent(), epoch);
  }

  /** Running counts; {@code counts} are collected, stored, quarantined, lost, overflow, moved. */
  HandMade progress(long through, long... counts) {
    String values = Arrays.stream(counts).mapToObj(n -> ", " + n).collect(Collectors.joining());
    insert(
        "agent_progress (agent, epoch, changed, through, collected, stored, quarantined, lost, overflow, moved)",
        "1, " + through + values);
    return this;
  }

  HandMade row(long seq, long samples, long sampleTo) {
    insert(
        "batch_ledger (agent, epoch, seq, content_hash, samples, sample_to)",
        seq + ", '\\x00', " + samples + ", " + sampleTo);
    return this;
  }

  /** A row from before the ledger kept the running count. */
  HandMade oldRow(long seq, long samples) {
    insert(
        "batch_ledger (agent, epoch, seq, content_hash, samples)", seq + ", '\\x00', " + samples);
    return this;
  }

  HandMade loss(long from, long to, long counted, String reason) {
    insert(
        "losses (agent, epoch, seq_from, seq_to, samples, counted, reason)",
        from + ", " + to + ", " + counted + ", " + counted + ", '" + reason + "'");
    return this;
  }

  HandMade kept(long seq, String reason, long samples) {
    insert(
        "quarantine (agent, epoch, seq, reason, detail, received_at, samples, bytes)",
        seq + ", '" + reason + "', '', now(), " + samples + ", ''");
    return this;
  }

  HandMade parked(long seq) {
    insert(
        """
        parked (agent, epoch, seq, content_hash, missing_set, received_at, lane, generation, sequence, stamp_ms, idx,
          attempt, sent_at_ms, last_tick, body_bytes, bytes)\
        """,
        seq + ", '', '', now(), 0, 1, 1, 0, 0, 0, 0, 0, 1, ''");
    return this;
  }

  HandMade moved(long newEpoch, long lastSeq, long samples, long moved, long difference) {
    insert(
        "epoch_moves (agent, epoch, new_epoch, last_seq, samples, moved, difference, record)",
        newEpoch + ", " + lastSeq + ", " + samples + ", " + moved + ", " + difference + ", ''");
    return this;
  }

  HandMade copied(long seq) {
    insert(
        "batch_origins (agent, epoch, seq, content_hash, copy_epoch, copy_seq)",
        seq + ", '\\x00', 99, " + seq);
    return this;
  }

  HandMade closed() {
    return change("agent_progress SET closed = true", "");
  }

  HandMade forked() {
    return change("agent_progress SET forked = true", "");
  }

  /** {@code what} is {@code TABLE SET ...}, {@code where} may be empty. */
  HandMade change(String what, String where) {
    SchemaForTests.sql("UPDATE " + what + mine() + (where.isEmpty() ? "" : " AND " + where));
    return this;
  }

  HandMade delete(String table, String where) {
    SchemaForTests.sql("DELETE FROM " + table + mine() + " AND " + where);
    return this;
  }

  EpochAudit audit() {
    return new Auditor(SchemaForTests.ADDRESS).audit(Scope.of(agent)).epochs().getFirst();
  }

  private String mine() {
    return String.format(Locale.ROOT, " WHERE agent = '%s' AND epoch = %d", agent, epoch);
  }

  private void insert(String table, String values) {
    SchemaForTests.sql(
        "INSERT INTO " + table + " VALUES ('" + agent + "', " + epoch + ", " + values + ")");
  }
}
