/** The gateway: who may send, what is believed, and how it reaches the bus. */
@NullMarked
package dev.sentinelj.application.gateway;

import org.jspecify.annotations.NullMarked;
