/**
 * The merge of {@code /etc}: base, local and new in, a result and a report out. Works on directory
 * handles and never follows a link.
 */
@NullMarked
package dev.tiu.etcmerge;

import org.jspecify.annotations.NullMarked;
