package dev.sentinelj.core.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.batch.AgentId;
import dev.sentinelj.core.batch.BatchHeader;
import dev.sentinelj.core.batch.BatchId;
import dev.sentinelj.core.batch.BatchKind;
import dev.sentinelj.core.batch.CopiedBatch;
import dev.sentinelj.core.batch.EpochId;
import dev.sentinelj.core.batch.LossReason;
import dev.sentinelj.core.batch.LossRecord;
import dev.sentinelj.core.batch.MovedRecord;
import dev.sentinelj.core.batch.SignedBatch;
import dev.sentinelj.core.block.Block;
import dev.sentinelj.core.block.BlockCodec;
import dev.sentinelj.core.block.Columns;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.metric.MetricType;
import dev.sentinelj.core.metric.Series;
import dev.sentinelj.core.metric.SeriesSet;
import dev.sentinelj.core.session.HeartbeatProof;
import dev.sentinelj.core.session.Hello;
import dev.sentinelj.core.session.SessionLimits;
import dev.sentinelj.core.session.Welcome;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.Envelope;
import dev.sentinelj.core.signing.KeyId;
import dev.sentinelj.core.signing.MacKey;
import dev.sentinelj.core.signing.Purpose;
import dev.sentinelj.core.signing.Secret;
import dev.sentinelj.core.signing.SessionSeal;
import dev.sentinelj.core.signing.SigningPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VectorsTest {
  private final Vectors signing = new Vectors("signing.properties");
  private final Vectors session = new Vectors("session.properties");
  private final AgentKey key =
      new AgentKey(new KeyId(signing.text("key_id")), Secret.of(signing.bytes("secret")));
  private final EpochId epoch =
      new EpochId(new AgentId(signing.text("agent_id")), signing.bits("epoch"));

  VectorsTest() throws IOException {}

  @ParameterizedTest
  @EnumSource
  void derivedKey_signsAsTheVectorDoes(Purpose purpose) throws GeneralSecurityException {
    String word = purpose.name().toLowerCase(java.util.Locale.ROOT);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(signing.bytes("key_" + word), "HmacSHA256"));

    byte[] tag =
        MacKey.derive(Secret.of(signing.bytes("secret")), purpose).sign(new byte[] {1}).toBytes();

    assertThat(tag).isEqualTo(mac.doFinal(new byte[] {1}));
  }

  @Test
  void header_ofTheVectorsFields_isItsBytesAndHash() {
    BatchHeader header =
        new BatchHeader(
            BatchKind.DATA,
            new BatchId(epoch, signing.number("seq")),
            signing.number("sample_from"),
            signing.number("sample_to"),
            signing.number("time_ms"),
            signing.number("time_ms"),
            signing.number("clock_offset_ms"),
            Sha256.of(signing.bytes("body")));

    assertHex(header.toBytes(), signing.text("header"));
    assertThat(Sha256.of(header.toBytes()).toHex()).isEqualTo(signing.text("content_hash"));
    assertThat(BatchHeader.parse(signing.bytes("header"))).isEqualTo(header);
  }

  @Test
  void bothMacs_ofTheVectorsBatch_areThose() {
    SignedBatch batch = batch();
    Envelope.Signed signed =
        SigningPolicy.signEnvelope(
            key,
            batch,
            signing.bits("attempt"),
            signing.number("sent_at_ms"),
            List.of(Sha256.fromHex(signing.text("attached"))));

    assertHex(batch.contentMac().toBytes(), signing.text("content_mac"));
    assertHex(signed.envelope().toBytes(), signing.text("envelope"));
    assertHex(signed.mac().toBytes(), signing.text("envelope_mac"));
    assertHex(signed.toBytes(), signing.text("envelope") + signing.text("envelope_mac"));
  }

  @Test
  void sealOnAnAnswer_isTheVectors() {
    SessionSeal seal = new SessionSeal(key.downlink(), signing.bytes("envelope_mac"));

    SessionSeal.Sealed sealed = seal.seal(signing.bytes("seal_payload"));

    assertThat(sealed.counter()).isEqualTo(signing.number("seal_counter"));
    assertHex(sealed.mac().toBytes(), signing.text("seal_mac"));
  }

  @Test
  void heartbeat_isTheVectors() {
    HeartbeatProof proof = HeartbeatProof.sign(key, epoch.agent(), signing.number("sent_at_ms"));

    assertHex(proof.toBytes(), signing.text("heartbeat"));
  }

  @Test
  void handshakeAndSeals_areTheVectors() {
    Hello hello =
        Hello.sign(
            key,
            epoch,
            session.text("agent_version"),
            session.bytes("hello_nonce"),
            session.number("sent_at_ms"),
            session.number("next_seq"));
    Welcome welcome =
        Welcome.sign(
            key,
            hello,
            session.bytes("welcome_nonce"),
            session.number("server_time_ms"),
            new SessionLimits(session.number("max_batch_bytes"), session.number("heartbeat_ms")));

    assertHex(hello.mac().toBytes(), session.text("hello_mac"));
    assertHex(welcome.mac().toBytes(), session.text("welcome_mac"));
    assertSeals("uplink", key.uplink());
    assertSeals("downlink", key.downlink());
  }

  @Test
  void seriesSet_isTheVectors() throws IOException {
    Vectors file = new Vectors("series-set.properties");
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < file.number("series"); i++) {
      String at = "series." + i;
      MetricType type = MetricType.ofCode((int) file.number(at + ".type"));
      series.add(
          new Series(file.text(at + ".name"), type, file.text(at + ".unit"), labels(file, at)));
    }

    SeriesSet set = SeriesSet.of(series);

    assertHex(set.toBytes(), file.text("bytes"));
    assertThat(set.hash().toHex()).isEqualTo(file.text("hash"));
  }

  @Test
  void lossRecord_isTheVectors() throws IOException {
    Vectors file = new Vectors("loss.properties");
    LossRecord record =
        new LossRecord(
            List.of(
                new LossRecord.Entry(2, 5, 80, LossReason.CORRUPT),
                new LossRecord.Entry(9, 9, 0, LossReason.TORN)));

    assertThat(file.text("entries")).isEqualTo("2 5 80 corrupt, 9 9 0 torn");
    assertHex(record.toBytes(), file.text("bytes"));
  }

  @Test
  void copiedBatch_isTheVectors() throws IOException {
    Vectors file = new Vectors("fork.properties");

    assertHex(new CopiedBatch(batch()).toBytes(), file.text("copy"));
  }

  @Test
  void movedRecord_isTheVectors() throws IOException {
    Vectors file = new Vectors("fork.properties");
    MovedRecord record =
        new MovedRecord(
            file.bits("moved_epoch"),
            file.number("moved_last_seq"),
            file.number("moved_samples"),
            List.of(new MovedRecord.Entry(1, 1, 1), new MovedRecord.Entry(4, 7, 40)),
            List.of(new LossRecord.Entry(9, 9, 0, LossReason.TORN)));

    assertHex(record.toBytes(), file.text("moved"));
    assertThat(MovedRecord.parse(file.bytes("moved"))).isEqualTo(record);
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "kinds", "edges", "host", "shares"})
  void block_isTheVectors(String name) throws IOException {
    Vectors file = new Vectors("block.properties");
    long[] times =
        Arrays.stream(file.text(name + ".times").split(" ", -1))
            .mapToLong(Long::parseLong)
            .toArray();
    Columns.Builder columns = new Columns.Builder((int) file.number(name + ".series"), times);
    for (int column = 0; column < file.number(name + ".series"); column++) {
      String[] cells = file.text(name + ".column." + column).split(" ", -1);
      for (int row = 0; row < cells.length; row++) {
        if (!cells[row].equals("-")) {
          long bits = HexFormat.fromHexDigitsToLong(cells[row]);
          columns.set(column, row, Double.longBitsToDouble(bits));
        }
      }
    }
    Block block = new Block(Sha256.fromHex(file.text(name + ".set")), columns.build());

    assertHex(BlockCodec.encode(block), file.text(name + ".bytes"));
    assertThat(BlockCodec.decode(file.bytes(name + ".bytes"))).isEqualTo(block);
  }

  /** The blocks of the page that begin with {@code vector FILE NAME}: hex, two spaces, words. */
  @Test
  void bytesLaidOutOnThePage_areTheVectors() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "PROTOCOL.md"));
    List<String> checked = new ArrayList<>();
    List<String> blocks = List.of(page.split("\n```vector ", -1));
    for (String block : blocks.subList(1, blocks.size())) {
      String[] lines = block.substring(0, block.indexOf("\n```")).split("\n", -1);
      String[] head = lines[0].split(" ", -1);
      String hex =
          Arrays.stream(lines)
              .skip(1)
              .map(line -> line.split(" {2,}", -1)[0].replace(" ", ""))
              .collect(Collectors.joining());

      assertThat(hex).as(lines[0]).isEqualTo(new Vectors(head[0]).text(head[1]));
      checked.add(lines[0]);
    }

    assertThat(checked).hasSizeGreaterThanOrEqualTo(3);
  }

  private SignedBatch batch() {
    return SigningPolicy.signContent(
        key, BatchHeader.parse(signing.bytes("header")), signing.bytes("body"));
  }

  private void assertSeals(String direction, MacKey directionKey) {
    byte[] nonce =
        HexFormat.of().parseHex(session.text("hello_nonce") + session.text("welcome_nonce"));
    SessionSeal seal = new SessionSeal(directionKey, nonce);
    for (int counter = 0; counter < 2; counter++) {
      SessionSeal.Sealed sealed = seal.seal(session.bytes("payload"));
      assertHex(sealed.mac().toBytes(), session.text(direction + "_seal_" + counter));
    }
  }

  private static SortedMap<String, String> labels(Vectors file, String at) {
    SortedMap<String, String> labels = new TreeMap<>();
    for (String pair : file.text(at + ".labels").split(",", -1)) {
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        labels.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
    }
    return labels;
  }

  private static void assertHex(byte[] actual, String expected) {
    assertThat(HexFormat.of().formatHex(actual)).isEqualTo(expected);
  }
}
