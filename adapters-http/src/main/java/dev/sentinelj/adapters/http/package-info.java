/** The REST API and the page, served by Undertow over the driving and reading ports. */
@NullMarked
package dev.sentinelj.adapters.http;

import org.jspecify.annotations.NullMarked;
