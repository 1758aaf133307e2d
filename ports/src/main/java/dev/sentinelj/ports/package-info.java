/** What both kinds of port share: how a technology says that it did not answer. */
@NullMarked
package dev.sentinelj.ports;

import org.jspecify.annotations.NullMarked;
