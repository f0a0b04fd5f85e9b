/**
 * A bundle on a web server: read by range requests, fetched ahead, and gone on with where a
 * connection was cut. What goes over the wire stands in {@code docs/http.md}.
 */
@NullMarked
package dev.tiu.bundle.http;

import org.jspecify.annotations.NullMarked;
