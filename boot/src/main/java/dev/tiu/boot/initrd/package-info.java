/**
 * Initrds: having one made by the snapshot's own generator in a room, and looking into one before
 * anything boots with it. Writes only into the directory that the caller names.
 */
@NullMarked
package dev.tiu.boot.initrd;

import org.jspecify.annotations.NullMarked;
