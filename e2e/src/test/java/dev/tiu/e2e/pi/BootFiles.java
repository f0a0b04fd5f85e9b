package dev.tiu.e2e.pi;

import java.util.Optional;

/** The files on a FAT, by paths without a leading slash, whatever their case. */
interface BootFiles {
  Optional<byte[]> read(String path);

  default boolean has(String path) {
    return read(path).isPresent();
  }
}
