/**
 * Merges of one file's content: by line, as a list, as records. Bytes in, bytes out; nothing here
 * knows a file system.
 */
@NullMarked
package dev.tiu.etcmerge.text;

import org.jspecify.annotations.NullMarked;
