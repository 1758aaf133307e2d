package dev.sentinelj.ports.driven;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.metric.SeriesSet;
import java.util.List;

/** The body of a batch of kind data, between bytes and columns. Thread safe. */
public interface BatchCodec {

  /**
   * A body of these blocks. Decoding it gives back equal blocks in the same order. The header says
   * whose they are and its hash binds them to it, so a body need not repeat identity and sample
   * count; a codec that does checks them.
   *
   * @param sampleFrom as in {@link BatchHeader}
   */
  byte[] encode(BatchId id, long sampleFrom, long createdAtMillis, List<Block> blocks);

  /**
   * Everything in {@code body}: plain metrics turned into columns with sets of their own,
   * histograms into their {@code _bucket{le}}, {@code _sum} and {@code _count} series, then blocks
   * as they are. Two values of one series at one time are kept in two rows of that time. A body
   * without any gives no parts.
   *
   * <p>A sample is a value as it will be stored, so the header counts a histogram of n boundaries
   * as n + 3 samples; a NaN counts as any other. Least and greatest time are those of the rows, 0
   * without rows. An agent id that is empty and a sample range of 0..0 repeat nothing and agree
   * with every header.
   *
   * @throws dev.sentinelj.core.wire.MalformedException when {@code body} cannot be read, or what it
   *     repeats of {@code header} (agent, sample range, least and greatest time, number of samples)
   *     disagrees with it. Nothing else is thrown, whatever the bytes; memory stays within a small
   *     multiple of the body and {@link #MAX_CELLS}.
   */
  List<Part> decode(BatchHeader header, byte[] body);

  /** Rows times series of one body, present or not. */
  int MAX_CELLS = 1_000_000;

  /** Columns, and what they are about. */
  sealed interface Part {
    Columns columns();

    /** Columns that name their set by hash. */
    record Referring(Block block) implements Part {
      @Override
      public Columns columns() {
        return block.columns();
      }
    }

    /** Columns that came with their series. */
    record Spelled(SeriesSet set, Columns columns) implements Part {}
  }
}
