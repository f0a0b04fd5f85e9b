/**
 * Hash trees (dm-verity and fs-verity), CMS signatures and the trust policy. Pure Java, needs no
 * root, knows nothing of bundles: it is handed bytes and says whether they are what was signed.
 */
@NullMarked
package dev.tiu.verity;

import org.jspecify.annotations.NullMarked;
