/**
 * The {@code .tiud} file: patches that make the changed files of one image from those of another.
 * The format stands in {@code docs/format.md}. Uses what bundles are made of; bundles don't know
 * it.
 */
@NullMarked
package dev.tiu.bundle.delta;

import org.jspecify.annotations.NullMarked;
