/**
 * Boot loaders: which snapshots they offer, which one they start, and which one they try. What lies
 * on the boot partition is written here and nowhere else; it is a directory handle, and may be a
 * FAT or, while an image of a disk is made, any directory.
 */
@NullMarked
package dev.tiu.boot.loader;

import org.jspecify.annotations.NullMarked;
