package dev.sentinelj.bench;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.proto.Batch;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.zip.Deflater;

/** Sums over the batches of some hosts. */
final class WireFigures {
  private static final double BARE = Double.BYTES;

  private final WireMessages messages;
  private final BlockAnatomy anatomy = new BlockAnatomy();
  private long batches;
  private long samples;
  private long series;
  private long rows;
  private long blocks;
  private long plain;
  private long withSets;
  private long columnar;
  private long header;
  private long envelope;
  private long body;
  private long deflatedBody;

  WireFigures(WireMessages messages) {
    this.messages = messages;
  }

  void add(WireHost host) {
    Map<Sha256, SeriesSet> sets = new HashMap<>();
    host.sets().forEach(set -> sets.put(set.hash(), set));
    host.batches().forEach(batch -> add(batch, sets));
  }

  private void add(SignedBatch batch, Map<Sha256, SeriesSet> sets) {
    List<Block> parts = WireMessages.blocks(batch);
    for (Block part : parts) {
      rows += part.columns().rows();
      series += part.columns().series();
    }
    batches++;
    samples += batch.header().samples();
    blocks += parts.size();
    blocksOf(batch).forEach(block -> anatomy.add(block.toByteArray()));
    WireMessages.Sizes sizes = messages.columnar(batch, List.of());
    columnar += sizes.message();
    header += sizes.header();
    envelope += sizes.envelope();
    body += sizes.body();
    deflatedBody += deflated(batch.body());
    List<SeriesSet> used =
        parts.stream()
            .map(Block::set)
            .distinct()
            .map(sets::get)
            .map(Objects::requireNonNull)
            .toList();
    withSets += messages.columnar(batch, used).message();
    plain += messages.plain(batch, sets).message();
  }

  private static List<ByteString> blocksOf(SignedBatch batch) {
    try {
      return Batch.parseFrom(batch.body()).getBlocksList();
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("our own body", e);
    }
  }

  private static int deflated(byte[] bytes) {
    try (Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true)) {
      deflater.setInput(bytes);
      deflater.finish();
      return deflater.deflate(new byte[2 * bytes.length + 64]);
    }
  }

  void print(String title) {
    if (batches == 0) {
      System.out.println("wire      " + title + ": no batch in this time");
      return;
    }
    System.out.printf(
        Locale.ROOT,
        "wire      %s: %d batches; a batch has %s samples of %s series in %s sets, %s rows a set%n",
        title,
        batches,
        per(samples),
        per(series),
        per(blocks),
        Figures.number((double) rows / blocks, 1));
    row("columnar", columnar);
    row("columnar, its sets attached", withSets);
    row("plain metrics, no sets to attach", plain);
    row("columnar, body deflated (not built)", columnar - body + deflatedBody);
    parts();
  }

  private void row(String name, long bytes) {
    double each = (double) bytes / samples;
    System.out.printf(
        Locale.ROOT,
        "  %-36s %7.2f B/sample  %9s B a batch  %5.2f of a bare double%n",
        name,
        each,
        per(bytes),
        each / BARE);
  }

  private void parts() {
    long ofBlocks = anatomy.heads() + anatomy.times() + anatomy.forms() + anatomy.columns();
    System.out.println(
        "  a columnar batch: header "
            + per(header)
            + ", envelope with both MACs "
            + per(envelope)
            + ", framing "
            + per(columnar - header - envelope - body)
            + ", body "
            + per(body));
    System.out.println(
        "  its body: set hashes and counts "
            + per(anatomy.heads())
            + ", times "
            + per(anatomy.times())
            + ", forms "
            + per(anatomy.forms())
            + ", values "
            + per(anatomy.columns())
            + ", the rest "
            + per(body - ofBlocks));
    System.out.println("  its columns: " + anatomy.formsPer(batches));
  }

  private String per(long sum) {
    return Figures.number((double) sum / batches, 1);
  }
}
