/** What machines boot from: root trees, bundles and disks, made once and kept in a cache. */
@NullMarked
package dev.tiu.e2e.image;

import org.jspecify.annotations.NullMarked;
