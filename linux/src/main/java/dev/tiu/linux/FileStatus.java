package dev.tiu.linux;

/**
 * What statx(2) says of an inode.
 *
 * @param mode permission bits with setuid, setgid and sticky: 07777
 * @param size in bytes
 * @param blocks allocated, in units of 512 bytes
 * @param mtimeSeconds since 1970, may be negative
 * @param mtimeNanos 0 to 999,999,999
 * @param device major and minor of the file system, as {@code major << 32 | minor}
 * @param rdevMajor of a device node, else 0
 * @param rdevMinor of a device node, else 0
 * @param immutable whether nobody may change it: {@code chattr +i} or {@code +a}
 */
public record FileStatus(
    FileType type,
    int mode,
    int uid,
    int gid,
    long size,
    long blocks,
    long mtimeSeconds,
    int mtimeNanos,
    int linkCount,
    long inode,
    long device,
    int rdevMajor,
    int rdevMinor,
    boolean immutable) {}
