/** Real systems for tests. */
@NullMarked
package dev.tiu.boot.testing;

import org.jspecify.annotations.NullMarked;
