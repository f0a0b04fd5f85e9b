/**
 * The kernel's command line: its quoting, and how tiu's, the image's and the device's arguments
 * become one. {@code docs/boot.md} has the rules. Touches nothing but {@code /etc/tiu/cmdline.d}.
 */
@NullMarked
package dev.tiu.boot.cmdline;

import org.jspecify.annotations.NullMarked;
