package dev.sentinelj.examples.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.time.Now;
import dev.sentinelj.ports.driven.MetricSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class JvmWatchTest {
  private static final Now START = new Now(1_700_000_000_000L, 0);

  @Test
  void poll_oncePerSecond_linesOfBelievedBatches() {
    JvmWatch watch = new JvmWatch(new FixedSource(), START);
    List<String> lines = new ArrayList<>();

    for (long millis = 0; millis < 3_000; millis += 50) {
      watch.poll(START.plusMillis(millis)).forEach(batch -> lines.add(watch.receive(batch)));
    }

    assertThat(lines).hasSize(3);
    assertThat(lines.getLast())
        .contains("seq 3,", "heap 3.0 MB (last minute 1.0 to 3.0)", "7 collections");
  }

  @Test
  void poll_thisJvm_batchIsBelieved() {
    JvmWatch watch = new JvmWatch(new JvmWatch.JvmSource(), START);

    List<SignedBatch> batches = watch.poll(START.plusMillis(500));

    assertThat(batches)
        .singleElement()
        .satisfies(batch -> assertThat(watch.receive(batch)).startsWith("seq 1,"));
  }

  @Test
  void receive_bodyChanged_notBelieved() {
    JvmWatch watch = new JvmWatch(new FixedSource(), START);
    SignedBatch honest = watch.poll(START.plusMillis(500)).getFirst();
    byte[] body = honest.body();
    body[body.length - 1] ^= 1;

    SignedBatch forged =
        SignedBatch.of(honest.headerBytes(), body, honest.contentKey(), honest.contentMac());

    assertThat(watch.receive(forged)).endsWith("forged, not believed");
  }

  /** 1, 2, 3 ... MB of heap and 7 collections. */
  private static final class FixedSource implements MetricSource {
    private int reads;

    @Override
    public String name() {
      return "fixed";
    }

    @Override
    public Reading read(long nowMillis) {
      double used = ++reads * 1e6;
      Columns columns = new Columns.Builder(2, nowMillis).set(0, 0, used).set(1, 0, 7).build();
      return new Reading(JvmWatch.JvmSource.SERIES, columns);
    }
  }
}
