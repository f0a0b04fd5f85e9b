package dev.tiu.health.probe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file of the kernel's with one value. */
final class SysFile {
  private SysFile() {}

  /** The value; empty where there is none, or the device can't tell it now. */
  static String read(Path directory, String name) {
    try {
      return Files.readString(directory.resolve(name)).strip();
    } catch (IOException absent) {
      return "";
    }
  }
}
