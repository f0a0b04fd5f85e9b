/**
 * What checks look at: each kind of probe looks at one thing of the running system, and says what
 * it saw.
 */
@NullMarked
package dev.tiu.health.probe;

import org.jspecify.annotations.NullMarked;
