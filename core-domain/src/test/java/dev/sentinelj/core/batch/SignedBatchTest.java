package dev.sentinelj.core.batch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sentinelj.core.Mutations;
import dev.sentinelj.core.Samples;
import dev.sentinelj.core.digest.Sha256;
import dev.sentinelj.core.signing.AgentKey;
import dev.sentinelj.core.signing.SigningPolicy;
import dev.sentinelj.core.wire.WireReader;
import dev.sentinelj.core.wire.WireWriter;
import org.junit.jupiter.api.Test;

class SignedBatchTest {
  private final AgentKey key = Samples.key();
  private final SignedBatch batch = Samples.batch(3);

  @Test
  void readFrom_itsStoredForm_givesTheSameBytes() {
    SignedBatch read = read(stored());

    assertThat(read.headerBytes()).isEqualTo(batch.headerBytes());
    assertThat(read.body()).isEqualTo(Samples.BODY);
    assertThat(read.bodyLength()).isEqualTo(Samples.BODY.length);
    assertThat(read.contentKey()).isEqualTo(batch.contentKey());
    assertThat(read.contentMac()).isEqualTo(batch.contentMac());
    assertThat(read.id()).isEqualTo(new BatchId(Samples.EPOCH, 3));
    assertThat(read.contentHash()).isEqualTo(Sha256.of(batch.headerBytes()));
  }

  @Test
  void contentHolds_untouched_isTrue() {
    assertThat(SigningPolicy.contentHolds(key, batch)).isTrue();
  }

  @Test
  void contentHolds_anyBitOfTheStoredFormFlipped_isFalseExceptInTheKeysName() {
    Mutations.survivesEveryBitFlip(
        stored(),
        bytes -> {
          SignedBatch read = read(bytes);
          boolean sameKeyName = read.contentKey().equals(batch.contentKey());
          assertThat(sameKeyName && SigningPolicy.contentHolds(key, read)).isFalse();
        });
  }

  @Test
  void readFrom_anyOtherLength_isMalformed() {
    Mutations.refusesEveryOtherLength(stored(), SignedBatchTest::read);
  }

  @Test
  void contentHolds_underAnotherSecret_isFalse() {
    assertThat(SigningPolicy.contentHolds(Samples.key("key-1", 2), batch)).isFalse();
  }

  @Test
  void of_callersBytesChangedLater_keepsItsOwn() {
    byte[] body = Samples.BODY.clone();
    SignedBatch copy =
        SignedBatch.of(batch.headerBytes(), body, batch.contentKey(), batch.contentMac());

    body[0] ^= 1;
    copy.body()[0] ^= 1;
    copy.headerBytes()[0] ^= 1;

    assertThat(SigningPolicy.contentHolds(key, copy)).isTrue();
  }

  private byte[] stored() {
    WireWriter out = new WireWriter(256);
    batch.writeTo(out);
    return out.toBytes();
  }

  private static SignedBatch read(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    SignedBatch read = SignedBatch.readFrom(in);
    in.end();
    return read;
  }
}
