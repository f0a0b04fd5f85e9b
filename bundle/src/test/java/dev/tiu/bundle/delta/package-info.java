@NullMarked
package dev.tiu.bundle.delta;

import org.jspecify.annotations.NullMarked;
