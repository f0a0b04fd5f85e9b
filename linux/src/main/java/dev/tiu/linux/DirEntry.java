package dev.tiu.linux;

/**
 * A name in a directory, as getdents64(2) gives it.
 *
 * @param name one component
 * @param inode the number that the directory has for it; where something else is mounted there, or
 *     where it is the root of a btrfs subvolume, {@link Dir#status} says another
 */
public record DirEntry(BytePath name, FileType type, long inode) {}
