package dev.sentinelj.adapters.timescale;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.ports.driven.BusPosition;
import dev.sentinelj.ports.driven.PartitionTransaction.JournalRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Rows of the journal on their way to COPY. */
final class JournalBuffer {
  /** Bytes of bodies after which what is there is written. */
  static final long FLUSH_BYTES = 16L << 20;

  private static final String COPY =
      """
      COPY metrics_raw (received_at, partition, lane, generation, sequence, idx, sent_at_ms, attempt, last_tick,
        agent, epoch, seq, least_ms, greatest_ms, header, content_key, content_mac, body)
      FROM STDIN (FORMAT binary)\
      """;
  private static final int FIELDS = 18;

  private final Connection connection;
  private final DayPartitions days;
  private final int partition;
  private final List<JournalRow> rows = new ArrayList<>();
  private long bytes;

  JournalBuffer(Connection connection, DayPartitions days, int partition) {
    this.connection = connection;
    this.days = days;
    this.partition = partition;
  }

  void add(JournalRow row) throws SQLException {
    rows.add(row);
    bytes += row.batch().bodyLength();
    if (bytes >= FLUSH_BYTES) {
      flush();
    }
  }

  void flush() throws SQLException {
    if (rows.isEmpty()) {
      return;
    }
    Set<Long> needed =
        rows.stream()
            .map(row -> Times.day(row.position().stampMillis()))
            .collect(Collectors.toSet());
    days.ensure(DayPartitions.Table.JOURNAL, needed);
    try (BinaryCopy copy = BinaryCopy.begin(connection, COPY)) {
      for (JournalRow row : rows) {
        write(copy, row);
      }
      copy.end();
    }
    rows.clear();
    bytes = 0;
  }

  private void write(BinaryCopy copy, JournalRow row) throws SQLException {
    BusPosition at = row.position();
    SignedBatch batch = row.batch();
    BatchHeader header = batch.header();
    copy.row(FIELDS)
        .time(at.stampMillis())
        .int4(partition)
        .int2(row.lane().code())
        .int8(at.generation())
        .int8(at.sequence())
        .int4(row.index())
        .int8(row.sentAtMillis())
        .int8(row.attempt())
        .int8(row.lastTickSecond())
        .text(header.id().agent().value())
        .int8(header.id().epoch().epoch())
        .int8(header.id().seq())
        .int8(header.leastTimeMillis())
        .int8(header.greatestTimeMillis())
        .bytes(batch.headerBytes())
        .text(batch.contentKey().value())
        .bytes(batch.contentMac().toBytes())
        .bytes(batch.body());
  }
}
