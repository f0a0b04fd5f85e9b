/**
 * The command line, its configuration, and the transactions that hand one room's result to the
 * next.
 */
@NullMarked
package dev.tiu;

import org.jspecify.annotations.NullMarked;
