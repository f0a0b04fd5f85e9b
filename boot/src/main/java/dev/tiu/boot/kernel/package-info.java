/**
 * The kernels that a snapshot has: where image, modules, device trees and firmware lie in it, and
 * which of them belong together. Only reads.
 */
@NullMarked
package dev.tiu.boot.kernel;

import org.jspecify.annotations.NullMarked;
