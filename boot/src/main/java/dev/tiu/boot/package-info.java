/**
 * What boots next. One interface, so that a boot loader and the btrfs default subvolume are
 * switched in one place and in the right order.
 */
@NullMarked
package dev.tiu.boot;

import org.jspecify.annotations.NullMarked;
