package dev.tiu.snapshot;

import java.util.Optional;

/**
 * What came of a plan beyond what it said.
 *
 * @param unpatched files that patches didn't make, and that were taken from the image instead
 * @param reason why, of the first of them
 */
public record Applied(int unpatched, Optional<String> reason) {}
