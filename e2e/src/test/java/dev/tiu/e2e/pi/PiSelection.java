package dev.tiu.e2e.pi;

import java.util.Optional;

/**
 * What the firmware starts; names are paths on its partition.
 *
 * @param partition which one
 * @param tryboot whether the flag was set
 * @param config the file that was read: config.txt or tryboot.txt
 * @param prefix the {@code os_prefix} in effect: empty where the one in the file was ignored
 * @param overlays where overlays are taken from
 */
record PiSelection(
    int partition,
    boolean tryboot,
    String config,
    String prefix,
    String kernel,
    String deviceTree,
    Optional<String> initramfs,
    String commandLine,
    String overlays) {}
