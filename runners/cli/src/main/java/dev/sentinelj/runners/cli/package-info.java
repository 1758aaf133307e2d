/** The command line: asks the REST API and prints what it says. */
@NullMarked
package dev.sentinelj.runners.cli;

import org.jspecify.annotations.NullMarked;
