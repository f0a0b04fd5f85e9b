package dev.tiu.linux;

/**
 * How full a file system is, as fstatfs(2) says.
 *
 * @param totalBytes all it has
 * @param availableBytes what an ordinary user may still write
 * @param totalInodes 0 where the file system makes them as needed, as btrfs does
 * @param freeInodes the same
 */
public record FileSystemSpace(
    long totalBytes, long availableBytes, long totalInodes, long freeInodes) {}
