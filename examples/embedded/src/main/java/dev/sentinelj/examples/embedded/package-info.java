/**
 * A program of somebody else that collects, signs and checks with our core and its own adapters.
 */
@NullMarked
package dev.sentinelj.examples.embedded;

import org.jspecify.annotations.NullMarked;
