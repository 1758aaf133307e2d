package dev.sentinelj.application.agent;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;
import dev.sentinelj.ports.driven.BatchCodec;
import java.util.ArrayList;
import java.util.List;

/** A plain body for tests: blocks cell by cell. */
final class WireCodec implements BatchCodec {

  @Override
  public byte[] encode(BatchId id, long sampleFrom, long createdAtMillis, List<Block> blocks) {
    WireWriter out = WireWriter.message("test/body", 1, 1_024).u16(blocks.size());
    for (Block block : blocks) {
      Columns columns = block.columns();
      out.hash(block.set()).u16(columns.series()).u16(columns.rows());
      for (int row = 0; row < columns.rows(); row++) {
        out.i64(columns.timeMillis(row));
        for (int column = 0; column < columns.series(); column++) {
          boolean present = columns.present(column, row);
          out.u8(present ? 1 : 0).f64(present ? columns.value(column, row) : 0);
        }
      }
    }
    return out.toBytes();
  }

  @Override
  public List<Part> decode(BatchHeader header, byte[] body) {
    WireReader in = new WireReader(body);
    in.message("test/body");
    List<Part> parts = new ArrayList<>();
    int blocks = in.u16("blocks");
    for (int i = 0; i < blocks; i++) {
      parts.add(new Part.Referring(new Block(in.hash("set"), columns(in))));
    }
    in.end();
    return parts;
  }

  private static Columns columns(WireReader in) {
    int series = in.u16("series");
    int rows = in.u16("rows");
    long[] times = new long[rows];
    double[][] values = new double[rows][series];
    boolean[][] present = new boolean[rows][series];
    for (int row = 0; row < rows; row++) {
      times[row] = in.i64("time");
      for (int column = 0; column < series; column++) {
        present[row][column] = in.u8("present") == 1;
        values[row][column] = in.f64("value");
      }
    }
    Columns.Builder columns = new Columns.Builder(series, times);
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < series; column++) {
        if (present[row][column]) {
          columns.set(column, row, values[row][column]);
        }
      }
    }
    return columns.build();
  }
}
