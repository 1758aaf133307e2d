/** Operators, their roles and their credentials. */
@NullMarked
package dev.sentinelj.core.access;

import org.jspecify.annotations.NullMarked;
