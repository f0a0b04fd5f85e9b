package dev.tiu.boot;

/**
 * A snapshot as a boot switch needs to know it.
 *
 * @param number as people name it
 * @param subvolumeId btrfs id of its root subvolume
 */
public record BootTarget(int number, long subvolumeId) {}
