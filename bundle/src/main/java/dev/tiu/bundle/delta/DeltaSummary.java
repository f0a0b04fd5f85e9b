package dev.tiu.bundle.delta;

/**
 * What a delta that was made has in it.
 *
 * @param patches how many contents it makes
 * @param patchedBytes size of those contents together
 * @param left how many new contents are left to the bundle, as no patch pays
 * @param leftBytes what the bundle stores for those, about
 * @param size of the delta's file, in bytes
 */
public record DeltaSummary(
    DeltaManifest manifest, int patches, long patchedBytes, int left, long leftBytes, long size) {}
