/** Keys, key derivation, message authentication codes and the policy that applies them. */
@NullMarked
package dev.sentinelj.core.signing;

import org.jspecify.annotations.NullMarked;
