/** Real disks for tests, of this module and of others (as test-jar). They need root. */
@NullMarked
package dev.tiu.linux.testing;

import org.jspecify.annotations.NullMarked;
