package dev.tiu.snapshot;

import dev.tiu.linux.Dir;
import java.util.Optional;

/**
 * A tree on the disk, and all that is needed to carry out a plan there.
 *
 * @param part what the tree holds of the image
 * @param plan what is done
 * @param target what the tree will be: the part of the image that the plan is for
 * @param tree its root
 * @param base where files whose data is shared lie; the tree that the plan starts from
 * @param existing what files to be written may find in their place
 */
record Site(
    ImagePart part, Plan plan, ImageTree target, Dir tree, Optional<Dir> base, Existing existing) {}
