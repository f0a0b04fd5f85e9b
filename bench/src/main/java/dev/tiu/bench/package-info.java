/**
 * How fast things are: JMH benchmarks, and small programs that {@code bench/}'s scripts run beside
 * other tools. Nothing else depends on this.
 */
@NullMarked
package dev.tiu.bench;

import org.jspecify.annotations.NullMarked;
