package dev.sentinelj.runners.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.adapters.files.FileBatchLogs;
import dev.sentinelj.adapters.files.WalConfig;
import dev.sentinelj.adapters.protobuf.ProtobufBatchCodec;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.ports.driven.BatchCodec;
import dev.sentinelj.ports.driven.BatchLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A batch of samples that a log took under an id of its own, not as a copy of another. */
record Taken(long epoch, long seq, Sha256 hash, List<Cell> samples) {

  /** One content is in the ledger under its own id, or under that of a copy. */
  private static final String TIMES_STORED =
      """
      SELECT (SELECT count(*) FROM batch_ledger WHERE epoch = ? AND seq = ? AND content_hash = ?)
           + (SELECT count(*) FROM batch_origins WHERE epoch = ? AND seq = ? AND content_hash = ?)
      """;

  private static final String ROWS =
      """
      SELECT r.identity, (extract(epoch FROM s.time) * 1000)::bigint, s.value
      FROM samples s JOIN series r ON r.id = s.series_id\
      """;

  private static final BatchCodec CODEC = new ProtobufBatchCodec();

  /** One value as it is stored. */
  record Cell(Sha256 series, long millis, double value) {}

  /** What the log of an agent has now, read from a copy of its files that is made in {@code in}. */
  static List<Taken> by(Path agent, Path in) throws IOException {
    Path snapshot = Files.createTempDirectory(in, "snapshot").resolve("wal");
    while (!copied(agent.resolve("wal"), snapshot)) {
      snapshot = Files.createTempDirectory(in, "snapshot").resolve("wal");
    }
    List<Taken> found = new ArrayList<>();
    try (FileBatchLogs logs = FileBatchLogs.open(snapshot, WalConfig.defaults())) {
      logs.formers().forEach(former -> add(former, found));
      add(logs.current(), found);
    }
    return found;
  }

  private static void add(BatchLog log, List<Taken> into) {
    long next = log.firstSeq();
    while (next <= log.durableThrough()) {
      List<SignedBatch> batches = log.read(next, 256, 1 << 20);
      if (batches.isEmpty()) {
        return;
      }
      batches.stream()
          .filter(batch -> batch.header().kind() == BatchKind.DATA)
          .forEach(batch -> into.add(of(batch, log)));
      next = batches.getLast().id().seq() + 1;
    }
  }

  private static Taken of(SignedBatch batch, BatchLog log) {
    List<Cell> cells = new ArrayList<>();
    for (BatchCodec.Part part : CODEC.decode(batch.header(), batch.body())) {
      add(set(part, log), part.columns(), cells);
    }
    assertThat(cells).hasSize((int) batch.header().samples());
    return new Taken(
        batch.id().epoch().epoch(), batch.id().seq(), batch.contentHash(), List.copyOf(cells));
  }

  private static SeriesSet set(BatchCodec.Part part, BatchLog log) {
    return switch (part) {
      case BatchCodec.Part.Spelled spelled -> spelled.set();
      case BatchCodec.Part.Referring referring -> log.set(referring.block().set()).orElseThrow();
    };
  }

  private static void add(SeriesSet set, Columns columns, List<Cell> into) {
    for (int column = 0; column < columns.series(); column++) {
      Sha256 series = SeriesSet.of(List.of(set.series().get(column))).hash();
      for (int row = 0; row < columns.rows(); row++) {
        if (columns.present(column, row)) {
          into.add(new Cell(series, columns.timeMillis(row), columns.value(column, row)));
        }
      }
    }
  }

  /** How often the database has this content. */
  long timesStored(Connection connection) throws SQLException {
    try (PreparedStatement question = connection.prepareStatement(TIMES_STORED)) {
      for (int at = 0; at < 6; at += 3) {
        question.setLong(at + 1, epoch);
        question.setLong(at + 2, seq);
        question.setBytes(at + 3, hash.toBytes());
      }
      try (ResultSet rows = question.executeQuery()) {
        assertThat(rows.next()).isTrue();
        return rows.getLong(1);
      }
    }
  }

  /** The contents of all are stored once, and their values are rows. */
  static void assertStoredOnce(Connection connection, Collection<Taken> all) throws SQLException {
    Map<Cell, Integer> rows = rows(connection);
    for (Taken one : all) {
      assertThat(one.timesStored(connection)).as("times stored: %s", one).isEqualTo(1);
      for (Cell cell : one.samples()) {
        int left = rows.merge(cell, -1, Integer::sum);
        assertThat(left).as("rows of %s too few", cell).isNotNegative();
      }
    }
  }

  private static Map<Cell, Integer> rows(Connection connection) throws SQLException {
    Map<Cell, Integer> cells = new HashMap<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(ROWS)) {
      while (rows.next()) {
        Sha256 series = Sha256.fromBytes(rows.getBytes(1));
        cells.merge(new Cell(series, rows.getLong(2), rows.getDouble(3)), 1, Integer::sum);
      }
    }
    return cells;
  }

  /** False when a file went away meanwhile. */
  private static boolean copied(Path from, Path to) throws IOException {
    try {
      copy(from, to);
      return true;
    } catch (NoSuchFileException | UncheckedIOException e) {
      return false;
    }
  }

  /** A directory with everything in it. */
  static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.sorted().toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }
}
