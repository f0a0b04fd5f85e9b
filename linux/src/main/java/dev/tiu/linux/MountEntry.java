package dev.tiu.linux;

import java.util.Map;

/**
 * A mount, as {@code /proc/self/mountinfo} tells it (proc_pid_mountinfo(5)).
 *
 * @param id unique at a time
 * @param root what of the file system is mounted; the subvolume's path on btrfs
 * @param source the device, or what the file system takes for it
 * @param superOptions of the file system: {@code subvolid} to {@code 5}; {@code rw} to nothing
 */
public record MountEntry(
    int id,
    int major,
    int minor,
    String root,
    String mountPoint,
    String fsType,
    String source,
    Map<String, String> superOptions) {}
