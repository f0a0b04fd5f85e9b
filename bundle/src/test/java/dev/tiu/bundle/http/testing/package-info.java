/** A web server on the loopback address, honest unless a test tells it otherwise. */
@NullMarked
package dev.tiu.bundle.http.testing;

import org.jspecify.annotations.NullMarked;
