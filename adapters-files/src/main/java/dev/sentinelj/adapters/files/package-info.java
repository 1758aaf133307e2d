/** Adapters that keep their state in plain files: log, bus, secrets, identity and configuration. */
@NullMarked
package dev.sentinelj.adapters.files;

import org.jspecify.annotations.NullMarked;
