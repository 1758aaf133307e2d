package dev.sentinelj.core.session;

import dev.sentinelj.core.digest.Sha256;
import java.security.MessageDigest;
import java.util.List;

/**
 * The question before a segment is deleted: does the ledger hold exactly what the log holds?
 *
 * @param from first seq, inclusive
 * @param to last seq, inclusive
 * @param digest SHA-256 over the content hashes of the records in that range, in seq order; seqs
 *     without a record (torn, lost) contribute nothing
 */
public record ReconcileQuery(long epoch, long from, long to, Sha256 digest) {

  /** The digest of {@code hashes} in the order given. */
  public static Sha256 digestOf(List<Sha256> hashes) {
    MessageDigest digest = Sha256.newDigest();
    hashes.forEach(hash -> digest.update(hash.toBytes()));
    return Sha256.fromBytes(digest.digest());
  }
}
