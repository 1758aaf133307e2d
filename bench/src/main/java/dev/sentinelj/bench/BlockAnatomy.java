package dev.sentinelj.bench;

import dev.sentinelj.core.digest.Sha256;
import java.util.List;

/** Where the bytes of blocks go; reads as much of docs/PROTOCOL.md, section 8, as that takes. */
final class BlockAnatomy {
  /** By number of the form; 8 more means that a bitmap comes first. */
  private static final List<String> FORMS =
      List.of(
          "nothing there",
          "whole",
          "binary unit",
          "decimal unit",
          "quotient",
          "quotient with its denominator",
          "XOR",
          "new unit",
          "all zero",
          "whole, bitmap",
          "binary unit, bitmap",
          "decimal unit, bitmap",
          "quotient, bitmap",
          "quotient with its denominator, bitmap",
          "XOR, bitmap",
          "new unit, bitmap");

  private final long[] columnsByForm = new long[FORMS.size()];
  private long heads;
  private long times;
  private long forms;
  private long columns;

  void add(byte[] block) {
    Cursor in = new Cursor(block);
    in.at = 1 + Sha256.BYTES;
    int rows = (int) in.varint();
    int series = (int) in.varint();
    heads += in.at;
    int start = in.at;
    in.varint();
    if (rows > 1) {
      in.varint();
    }
    if (rows > 2) {
      int width = block[in.at++];
      in.at += (width * (rows - 2) + Byte.SIZE - 1) / Byte.SIZE;
    }
    times += in.at - start;
    for (int column = 0; column < series; column++) {
      int both = block[in.at + column / 2];
      columnsByForm[(column % 2 == 0 ? both >> 4 : both) & 0xF]++;
    }
    int formBytes = (series + 1) / 2;
    forms += formBytes;
    columns += block.length - in.at - formBytes;
  }

  /** Versions, set hashes and counts of rows and series. */
  long heads() {
    return heads;
  }

  long times() {
    return times;
  }

  long forms() {
    return forms;
  }

  /** What the columns hold, bitmaps included. */
  long columns() {
    return columns;
  }

  /** How many columns have each form, the forms that occur, divided by {@code batches}. */
  String formsPer(long batches) {
    StringBuilder out = new StringBuilder();
    for (int form = 0; form < columnsByForm.length; form++) {
      if (columnsByForm[form] > 0) {
        out.append(out.isEmpty() ? "" : ", ")
            .append(FORMS.get(form))
            .append(' ')
            .append(Figures.number((double) columnsByForm[form] / batches, 1));
      }
    }
    return out.toString();
  }

  private static final class Cursor {
    private final byte[] bytes;
    private int at;

    Cursor(byte[] bytes) {
      this.bytes = bytes;
    }

    long varint() {
      long value = 0;
      for (int shift = 0; ; shift += 7) {
        int group = bytes[at++];
        value |= (long) (group & 0x7F) << shift;
        if (group >= 0) {
          return value;
        }
      }
    }
  }
}
