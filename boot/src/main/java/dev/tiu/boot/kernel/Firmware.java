package dev.tiu.boot.kernel;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The Raspberry Pi's firmware in a snapshot: what a boot partition needs beside a kernel, up to the
 * Pi 4. The Pi 5 has it in its flash.
 *
 * @param files paths below the snapshot's root, in one directory
 * @param version the commit that it was built from, as {@code vcgencmd version} shows it
 */
public record Firmware(List<BytePath> files, Optional<String> version) {
  /** Raspberry Pi OS, Debian's raspi-firmware, Raspberry Pi OS before version 12. */
  private static final List<BytePath> PLACES =
      List.of(
          BytePath.of("boot/firmware"), BytePath.of("usr/lib/raspi-firmware"), BytePath.of("boot"));

  private static final Pattern NAME =
      Pattern.compile("bootcode\\.bin|(start|fixup)[0-9a-z_]*\\.(elf|dat)|LICENCE\\.broadcom");
  private static final Pattern START = Pattern.compile("start4?\\.elf");
  private static final Pattern VERSION = Pattern.compile("VC_BUILD_ID_VERSION: ([0-9a-f]{40})");
  private static final long MOST = 64 << 20;

  /** Copies the list. */
  public Firmware {
    files = List.copyOf(files);
  }

  /** Files of which an image with firmware has one at least. */
  public static List<BytePath> signs() {
    return PLACES.stream()
        .flatMap(place -> Stream.of(place.resolve("start4.elf"), place.resolve("start.elf")))
        .toList();
  }

  /** Looks for it; empty where there is no {@code start.elf} or {@code start4.elf}. */
  public static Optional<Firmware> find(Dir root) throws IOException {
    RootView view = new RootView(root);
    for (BytePath place : PLACES) {
      List<BytePath> files = new ArrayList<>();
      Optional<BytePath> start = Optional.empty();
      for (DirEntry entry : view.list(place)) {
        String name = entry.name().toString();
        if (entry.type() == FileType.REGULAR && NAME.matcher(name).matches()) {
          files.add(place.resolve(entry.name()));
          if (START.matcher(name).matches()) {
            start = Optional.of(place.resolve(entry.name()));
          }
        }
      }
      if (start.isPresent()) {
        return Optional.of(new Firmware(files, version(view, start.get())));
      }
    }
    return Optional.empty();
  }

  private static Optional<String> version(RootView view, BytePath start) throws IOException {
    Optional<FileHandle> found = view.file(start);
    if (found.isEmpty()) {
      return Optional.empty();
    }
    try (FileHandle file = found.get()) {
      return Banner.find(file.stream(), VERSION, MOST);
    }
  }
}
