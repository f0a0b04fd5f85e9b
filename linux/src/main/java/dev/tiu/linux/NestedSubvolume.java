package dev.tiu.linux;

/**
 * A btrfs subvolume below a directory.
 *
 * @param path from that directory
 * @param id of its root
 */
public record NestedSubvolume(BytePath path, long id) {}
