/** Tests of the container. */
@NullMarked
package dev.tiu.bundle;

import org.jspecify.annotations.NullMarked;
