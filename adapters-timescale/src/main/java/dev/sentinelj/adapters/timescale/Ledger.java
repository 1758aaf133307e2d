package dev.sentinelj.adapters.timescale;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.CopiedBatch.Origin;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.progress.SeqRanges;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerAnswer;
import dev.sentinelj.ports.driven.PartitionTransaction.LedgerClaim;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Claims batches in {@code batch_ledger}: one statement for all of them, a second one only when
 * some were known.
 */
final class Ledger {
  private static final String INSERT =
      """
      INSERT INTO batch_ledger (agent, epoch, seq, content_hash, samples, sample_to)
      SELECT agent, epoch, seq, hash, samples, sample_to
      FROM unnest(?::text[], ?::int8[], ?::int8[], ?::bytea[], ?::int8[], ?::int8[])
        AS c(agent, epoch, seq, hash, samples, sample_to)
      WHERE NOT EXISTS (SELECT FROM batch_origins o WHERE o.agent = c.agent AND o.epoch = c.epoch
        AND o.seq = c.seq AND o.content_hash = c.hash)
      ORDER BY agent, epoch, seq
      ON CONFLICT DO NOTHING
      RETURNING agent, epoch, seq\
      """;
  private static final String KNOWN =
      """
      SELECT agent, epoch, seq, content_hash FROM batch_ledger
      JOIN unnest(?::text[], ?::int8[], ?::int8[]) AS c(agent, epoch, seq) USING (agent, epoch, seq)\
      """;

  private static final String CARRIED =
      """
      SELECT agent, epoch, seq, content_hash FROM batch_origins
      JOIN unnest(?::text[], ?::int8[], ?::int8[], ?::bytea[]) AS c(agent, epoch, seq, content_hash)
        USING (agent, epoch, seq, content_hash)\
      """;
  private static final String CARRY =
      """
      INSERT INTO batch_origins (agent, epoch, seq, content_hash, copy_epoch, copy_seq)
      SELECT * FROM unnest(?::text[], ?::int8[], ?::int8[], ?::bytea[], ?::int8[], ?::int8[])
      ORDER BY 1, 2, 3, 4\
      """;
  private static final String CARRY_ONE =
      """
      INSERT INTO batch_origins AS o (agent, epoch, seq, content_hash, copy_epoch, copy_seq)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (agent, epoch, seq, content_hash) DO UPDATE SET copy_seq = o.copy_seq
      WHERE o.copy_epoch = EXCLUDED.copy_epoch AND o.copy_seq = EXCLUDED.copy_seq
      RETURNING 1\
      """;
  private static final String WITHIN =
      """
      SELECT count(*), coalesce(sum(l.samples), 0)
      FROM unnest(?::int8[], ?::int8[]) AS r(seq_from, seq_to)
      JOIN batch_ledger l ON l.agent = ? AND l.epoch = ? AND l.seq BETWEEN r.seq_from AND r.seq_to\
      """;

  private static final String SEQS =
      """
      SELECT min(seq), max(seq) FROM (
        SELECT seq, seq - row_number() OVER (ORDER BY seq) AS island FROM batch_ledger WHERE agent = ? AND epoch = ?) l
      GROUP BY island ORDER BY 1\
      """;

  private final Connection connection;

  Ledger(Connection connection) {
    this.connection = connection;
  }

  List<LedgerAnswer> claim(List<LedgerClaim> claims) throws SQLException {
    return claims.stream().anyMatch(claim -> claim.origin().isPresent())
        ? claimCopies(claims)
        : claimPlain(claims);
  }

  /** False when the content came in before, other than by {@code copy}. */
  boolean claimOrigin(BatchId copy, Origin origin) throws SQLException {
    if (origin.contentHash().equals(known(List.of(origin.id())).get(origin.id()))) {
      return false;
    }
    try (PreparedStatement statement = connection.prepareStatement(CARRY_ONE)) {
      new Params(connection, statement)
          .text(origin.id().agent().value())
          .number(origin.id().epoch().epoch())
          .number(origin.id().seq())
          .hash(origin.contentHash().toBytes())
          .number(copy.epoch().epoch())
          .number(copy.seq());
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next();
      }
    }
  }

  /** Ledger rows within some ranges of seqs, and their samples, as far as a long goes. */
  record Rows(long count, long samples) {}

  Rows within(EpochId epoch, List<SeqRanges.Range> ranges) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(WITHIN)) {
      new Params(connection, statement)
          .longs(ranges.stream().mapToLong(SeqRanges.Range::from).toArray())
          .longs(ranges.stream().mapToLong(SeqRanges.Range::to).toArray())
          .text(epoch.agent().value())
          .number(epoch.epoch());
      try (ResultSet rows = statement.executeQuery()) {
        rows.next();
        // What headers say may add up to more than a long: an agent chooses it.
        BigDecimal samples = rows.getBigDecimal(2).min(BigDecimal.valueOf(Long.MAX_VALUE));
        return new Rows(rows.getLong(1), samples.longValueExact());
      }
    }
  }

  /** All seqs of an epoch that have a row. */
  List<SeqRanges.Range> seqs(EpochId epoch) throws SQLException {
    List<SeqRanges.Range> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(SEQS)) {
      new Params(connection, statement).text(epoch.agent().value()).number(epoch.epoch());
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          found.add(new SeqRanges.Range(rows.getLong(1), rows.getLong(2)));
        }
      }
    }
    return found;
  }

  private List<LedgerAnswer> claimPlain(List<LedgerClaim> claims) throws SQLException {
    Map<BatchId, LedgerClaim> firsts = new LinkedHashMap<>();
    claims.forEach(claim -> firsts.putIfAbsent(claim.id(), claim));
    Set<BatchId> entered = insert(List.copyOf(firsts.values()));
    Map<BatchId, Sha256> kept = new HashMap<>();
    if (entered.size() < firsts.size()) {
      List<BatchId> known = new ArrayList<>(firsts.keySet());
      known.removeAll(entered);
      kept.putAll(known(known));
      if (kept.size() < known.size()) {
        return claimOrigins(claims, entered);
      }
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

  /** Some of the claims are of origins whose copies came before. */
  private List<LedgerAnswer> claimOrigins(List<LedgerClaim> claims, Set<BatchId> entered)
      throws SQLException {
    List<LedgerAnswer> answers = claimCopies(claims);
    for (int i = 0; i < answers.size(); i++) {
      if (entered.remove(claims.get(i).id())) {
        answers.set(i, LedgerAnswer.NEW); // by the first statement
      }
    }
    return answers;
  }

  /**
   * The claims one after the other, on what the tables have. The locks on their epochs keep others
   * away.
   */
  private List<LedgerAnswer> claimCopies(List<LedgerClaim> claims) throws SQLException {
    Set<Origin> contents = new LinkedHashSet<>();
    for (LedgerClaim claim : claims) {
      contents.add(new Origin(claim.id(), claim.contentHash()));
      claim.origin().ifPresent(contents::add);
    }
    Map<BatchId, Sha256> rows = known(contents.stream().map(Origin::id).distinct().toList());
    Set<Origin> carried = carried(List.copyOf(contents));
    List<LedgerClaim> entering = new ArrayList<>();
    List<LedgerClaim> carrying = new ArrayList<>();
    List<LedgerAnswer> answers = new ArrayList<>(claims.size());
    for (LedgerClaim claim : claims) {
      LedgerAnswer answer = answer(claim, rows, carried);
      answers.add(answer);
      if (answer == LedgerAnswer.NEW || answer == LedgerAnswer.COPIED) {
        rows.put(claim.id(), claim.contentHash());
        entering.add(claim);
      }
      if (answer == LedgerAnswer.NEW && claim.origin().isPresent()) {
        carried.add(claim.origin().get());
        carrying.add(claim);
      }
    }
    if (insert(entering).size() < entering.size()) {
      throw new SQLTransactionRollbackException("the ledger changed meanwhile", "40001");
    }
    carry(carrying);
    return answers;
  }

  private static LedgerAnswer answer(
      LedgerClaim claim, Map<BatchId, Sha256> rows, Set<Origin> carried) {
    if (rows.containsKey(claim.id())) {
      return compare(claim, rows);
    }
    if (carried.contains(new Origin(claim.id(), claim.contentHash()))) {
      return LedgerAnswer.DUPLICATE;
    }
    return claim
        .origin()
        .filter(origin ->
            carried.contains(origin) || origin.contentHash().equals(rows.get(origin.id())))
        .map(_ -> LedgerAnswer.COPIED)
        .orElse(LedgerAnswer.NEW);
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
          .longs(claims.stream().mapToLong(LedgerClaim::samples).toArray())
          .longs(claims.stream().mapToLong(LedgerClaim::sampleTo).toArray());
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

  private Set<Origin> carried(List<Origin> contents) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(CARRIED)) {
      Ids.of(contents.stream().map(Origin::id).toList())
          .bind(new Params(connection, statement))
          .bytes(hashes(contents));
      Set<Origin> carried = new HashSet<>();
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          carried.add(new Origin(id(rows), Sha256.fromBytes(rows.getBytes(4))));
        }
      }
      return carried;
    }
  }

  private void carry(List<LedgerClaim> copies) throws SQLException {
    if (copies.isEmpty()) {
      return;
    }
    List<Origin> origins = copies.stream().map(LedgerClaim::origin).map(Optional::get).toList();
    try (PreparedStatement statement = connection.prepareStatement(CARRY)) {
      Ids.of(origins.stream().map(Origin::id).toList())
          .bind(new Params(connection, statement))
          .bytes(hashes(origins))
          .longs(copies.stream().mapToLong(copy -> copy.id().epoch().epoch()).toArray())
          .longs(copies.stream().mapToLong(copy -> copy.id().seq()).toArray());
      statement.executeUpdate();
    }
  }

  private static byte[][] hashes(List<Origin> contents) {
    return contents.stream().map(one -> one.contentHash().toBytes()).toArray(byte[][]::new);
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
