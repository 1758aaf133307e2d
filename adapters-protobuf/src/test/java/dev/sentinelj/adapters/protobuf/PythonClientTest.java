package dev.sentinelj.adapters.protobuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.ports.driven.BatchCodec.Part;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Holds our reading of the protocol against the one in examples/python. */
class PythonClientTest {
  private static final Path ROOT = Path.of("..");
  private static final Path PYTHON = Path.of("/usr/bin/python3");

  @Test
  void checkVectors_everyVector_agrees() throws IOException, InterruptedException {
    assumeThat(PYTHON).as("install python3").isExecutable();
    Process python =
        new ProcessBuilder(
                PYTHON.toString(),
                "-B",
                "examples/python/push_gauge.py",
                "--check-vectors",
                "docs/vectors")
            .directory(ROOT.toFile())
            .redirectErrorStream(true)
            .start();

    String output = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(python.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(python.exitValue()).as(output).isZero();
    assertThat(output).contains("vectors agree");
  }

  @Test
  void decode_bodyMadeInPython_isItsGauge() throws IOException {
    Properties vectors = new Properties();
    try (Reader in = Files.newBufferedReader(ROOT.resolve("docs/vectors/signing.properties"))) {
      vectors.load(in);
    }
    BatchHeader header = BatchHeader.parse(bytes(vectors, "header"));

    var parts = new ProtobufBatchCodec().decode(header, bytes(vectors, "body"));

    Part.Spelled part = (Part.Spelled) parts.getFirst();
    assertThat(part.set().series())
        .containsExactly(Series.gauge("room.temperature", "Cel", Map.of("room", "lab")));
    assertThat(part.columns())
        .isEqualTo(new Columns.Builder(1, 1_700_000_000_000L).set(0, 0, 21.5).build());
  }

  private static byte[] bytes(Properties vectors, String name) {
    return HexFormat.of().parseHex(vectors.getProperty(name));
  }
}
