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
 */
public record SubvolumeInfo(
    long id, UUID uuid, Optional<UUID> parentUuid, long parentId, long generation, Access access) {}
