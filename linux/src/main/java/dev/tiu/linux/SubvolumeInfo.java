package dev.tiu.linux;

import java.util.Optional;
import java.util.UUID;

/**
 * What btrfs knows of a subvolume (BTRFS_IOC_GET_SUBVOL_INFO).
 *
 * @param id of its root
 * @param parentUuid of the subvolume that it is a snapshot of
 * @param parentId of the subvolume that it lies in; 0 for the top level
 * @param generation the transaction that last changed it, as of the last commit: {@link Btrfs#sync}
 *     first where that matters
 * @param changed the transaction that last changed an inode in it (ctransid): content, names and
 *     metadata, but not its being snapshotted, made read-only, mounted or moved on the disk
 * @param made the transaction that made it (otransid): a snapshot has all that was changed in its
 *     source up to that one, and nothing of what was changed later
 */
public record SubvolumeInfo(
    long id,
    UUID uuid,
    Optional<UUID> parentUuid,
    long parentId,
    long generation,
    long changed,
    long made,
    Access access) {}
