/**
 * Reader of squashfs 4.0. It is handed verified bytes and still distrusts them: every count, offset
 * and size is bounded before anything is allocated or read.
 */
@NullMarked
package dev.tiu.bundle.squashfs;

import org.jspecify.annotations.NullMarked;
