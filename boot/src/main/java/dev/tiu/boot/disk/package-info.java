/**
 * A disk for a machine: its partition table, the FAT that it boots from and the btrfs, in a file or
 * on a device, and the way to make them larger. All of it needs root.
 */
@NullMarked
package dev.tiu.boot.disk;

import org.jspecify.annotations.NullMarked;
