/**
 * Snapshots on btrfs: the layout on disk, snapper's numbers and info.xml, planning and applying an
 * image to a snapshot, and which snapshots may go. Anything that writes has a plan first.
 */
@NullMarked
package dev.tiu.snapshot;

import org.jspecify.annotations.NullMarked;
