/** What has to hold on whole machines. */
@NullMarked
package dev.tiu.e2e;

import org.jspecify.annotations.NullMarked;
