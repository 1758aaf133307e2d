/** Tests of the REST API and the page over ports that are scripted or in memory. */
@NullMarked
package dev.sentinelj.adapters.http;

import org.jspecify.annotations.NullMarked;
