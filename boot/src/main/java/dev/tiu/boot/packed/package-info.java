/** How kernels and initrds are compressed. Reading only, as a stream, in bounded memory. */
@NullMarked
package dev.tiu.boot.packed;

import org.jspecify.annotations.NullMarked;
