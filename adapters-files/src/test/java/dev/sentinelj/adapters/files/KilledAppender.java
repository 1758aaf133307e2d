package dev.sentinelj.adapters.files;

import dev.sentinelj.testkit.SignedBatches;
import dev.sentinelj.testkit.Stages;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Appends until it is killed, and says of each append that it returned: {@code A <seq>}. */
final class KilledAppender {
  private KilledAppender() {}

  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
    FileBatchLog log = FileBatchLog.open(Path.of(args[0]), new WalConfig(64 << 10, 256 << 20, 0));
    append(log, out);
    out.println("READY");
    while (true) {
      append(log, out);
    }
  }

  private static void append(FileBatchLog log, PrintStream out) {
    long seq = log.nextSeq();
    int bytes = 200 + (int) (seq * 37 % 3_000);
    Stages.await(log.append(SignedBatches.data(log.epoch(), seq, bytes), List.of()));
    out.println("A " + seq);
  }
}
