/**
 * Whole machines for tests: QEMU without the help of the processor, so on any machine, and slow. A
 * {@code Machine} is switched on with a {@code Firmware}, has one disk, and does what the test
 * says.
 */
@NullMarked
package dev.tiu.e2e.machine;

import org.jspecify.annotations.NullMarked;
