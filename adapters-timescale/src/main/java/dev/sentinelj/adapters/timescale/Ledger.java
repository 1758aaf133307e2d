package dev.sentinelj.adapters.timescale;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerAnswer;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Claims batches in {@code batch_ledger}: one statement for all of them, a second one only when
 * some were known.
 */
final class Ledger {
  private static final String INSERT =
      """
      INSERT INTO batch_ledger (agent, epoch, seq, content_hash, samples)
      SELECT agent, epoch, seq, hash, samples
      FROM unnest(?::text[], ?::int8[], ?::int8[], ?::bytea[], ?::int8[]) AS c(agent, epoch, seq, hash, samples)
      ORDER BY agent, epoch, seq
      ON CONFLICT DO NOTHING
      RETURNING agent, epoch, seq\
      """;
  private static final String KNOWN =
      """
      SELECT agent, epoch, seq, content_hash FROM batch_ledger
      JOIN unnest(?::text[], ?::int8[], ?::int8[]) AS c(agent, epoch, seq) USING (agent, epoch, seq)\
      """;

  private final Connection connection;

  Ledger(Connection connection) {
    this.connection = connection;
  }

  List<LedgerAnswer> claim(List<LedgerClaim> claims) throws SQLException {
    Map<BatchId, LedgerClaim> firsts = new LinkedHashMap<>();
    claims.forEach(claim -> firsts.putIfAbsent(claim.id(), claim));
    Set<BatchId> entered = insert(List.copyOf(firsts.values()));
    Map<BatchId, Sha256> kept = new HashMap<>();
    if (entered.size() < firsts.size()) {
      List<BatchId> known = new ArrayList<>(firsts.keySet());
      known.removeAll(entered);
      kept.putAll(known(known));
    }
    List<LedgerAnswer> answers = new ArrayList<>(claims.size());
    for (LedgerClaim claim : claims) {
      boolean isNew = entered.remove(claim.id());
      if (isNew) {
        kept.put(claim.id(), claim.contentHash());
      }
      answers.add(isNew ? LedgerAnswer.NEW : compare(claim, kept));
    }
    return answers;
  }

  private static LedgerAnswer compare(LedgerClaim claim, Map<BatchId, Sha256> kept) {
    return claim.contentHash().equals(kept.get(claim.id()))
        ? LedgerAnswer.DUPLICATE
        : LedgerAnswer.FORK;
  }

  private Set<BatchId> insert(List<LedgerClaim> claims) throws SQLException {
    if (claims.isEmpty()) {
      return new HashSet<>();
    }
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      Ids ids = Ids.of(claims.stream().map(LedgerClaim::id).toList());
      ids.bind(new Params(connection, statement))
          .bytes(claims.stream().map(claim -> claim.contentHash().toBytes()).toArray(byte[][]::new))
          .longs(claims.stream().mapToLong(LedgerClaim::samples).toArray());
      Set<BatchId> entered = new HashSet<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          entered.add(id(rows));
        }
      }
      return entered;
    }
  }

  private Map<BatchId, Sha256> known(List<BatchId> batches) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(KNOWN)) {
      Ids.of(batches).bind(new Params(connection, statement));
      Map<BatchId, Sha256> known = new HashMap<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          known.put(id(rows), Sha256.fromBytes(rows.getBytes(4)));
        }
      }
      return known;
    }
  }

  private static BatchId id(ResultSet rows) throws SQLException {
    return new BatchId(
        new EpochId(new AgentId(rows.getString(1)), rows.getLong(2)), rows.getLong(3));
  }

  private record Ids(String[] agents, long[] epochs, long[] seqs) {
    static Ids of(List<BatchId> batches) {
      return new Ids(
          batches.stream().map(id -> id.agent().value()).toArray(String[]::new),
          batches.stream().mapToLong(id -> id.epoch().epoch()).toArray(),
          batches.stream().mapToLong(BatchId::seq).toArray());
    }

    Params bind(Params params) throws SQLException {
      return params.texts(agents).longs(epochs).longs(seqs);
    }
  }
}
