package dev.sentinelj.core.block;

import dev.sentinelj.core.digest.Sha256;

/** Columns under the hash of the series set that names them: one block of a batch body. */
public record Block(Sha256 set, Columns columns) {}
