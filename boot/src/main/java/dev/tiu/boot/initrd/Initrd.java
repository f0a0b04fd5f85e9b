package dev.tiu.boot.initrd;

import dev.tiu.linux.BytePath;

/**
 * An initrd that was looked into and found right.
 *
 * @param path in the directory of what is kept with the snapshot
 * @param size in bytes
 */
public record Initrd(BytePath path, long size) {}
