package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_16LE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What an EFI boot loader says of itself, in the variables of the <a
 * href="https://systemd.io/BOOT_LOADER_INTERFACE">Boot Loader Interface</a>.
 *
 * @param place where efivarfs is mounted; of a disk that doesn't run, a directory without any
 */
record LoaderVariables(Optional<Path> place) {
  /** Of a disk that doesn't run, or a machine without EFI. */
  static final LoaderVariables NONE = new LoaderVariables(Optional.empty());

  private static final String VENDOR = "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f";

  /** Before the value come four bytes of attributes. */
  private static final int ATTRIBUTES = 4;

  /** Those of the machine that this runs on. */
  static LoaderVariables ofMachine() {
    return new LoaderVariables(Optional.of(Path.of("/sys/firmware/efi/efivars")));
  }

  /** The firmware's vendor and version. */
  Optional<String> firmware() {
    return text("LoaderFirmwareInfo");
  }

  /** The loader and its version. */
  Optional<String> loader() {
    return text("LoaderInfo");
  }

  /** The entry that somebody chose in the menu or by bootctl, before what loader.conf says. */
  Optional<String> defaultEntry() {
    return text("LoaderEntryDefault");
  }

  private Optional<String> text(String name) {
    return place.map(p -> p.resolve(name + VENDOR)).flatMap(LoaderVariables::read);
  }

  private static Optional<String> read(Path variable) {
    try {
      byte[] bytes = Files.readAllBytes(variable);
      int length = Math.max(0, bytes.length - ATTRIBUTES);
      String text = new String(bytes, Math.min(ATTRIBUTES, bytes.length), length, UTF_16LE);
      return Optional.of(text.replace("\0", "")).filter(t -> !t.isEmpty());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
