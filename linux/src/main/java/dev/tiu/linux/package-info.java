/**
 * The kernel's calls, and nothing else: files under a directory handle, xattrs, reflinks, btrfs,
 * loop devices, mounts, locks, processes. The only user of JNA. Every failing call throws one
 * exception type that carries errno's name, the call and the path.
 */
@NullMarked
package dev.tiu.linux;

import org.jspecify.annotations.NullMarked;
