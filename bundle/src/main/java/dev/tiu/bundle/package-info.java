/**
 * The {@code .tiu} file: write it, open it from a source, read any byte of it verified. The format
 * stands in {@code docs/format.md}.
 */
@NullMarked
package dev.tiu.bundle;

import org.jspecify.annotations.NullMarked;
