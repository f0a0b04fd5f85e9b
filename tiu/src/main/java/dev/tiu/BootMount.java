package dev.tiu;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a device mounts its boot partition, as its fstab says.
 *
 * @param directory below the root
 */
record BootMount(BytePath directory) {
  private static final BytePath FSTAB = BytePath.of("fstab");
  private static final int LIMIT = 1 << 20;
  private static final int FIELDS = 3;

  /**
   * Without it the machine runs, and nobody but root reads initrds, which may have keys in them.
   */
  private static final String OPTIONS = "nofail,umask=0077";

  /** In which of these distributions look for it, the usual one first. */
  private static List<String> places(Kind kind) {
    return switch (kind) {
      case PI -> List.of("boot/firmware", "boot");
      case SYSTEMD_BOOT -> List.of("efi", "boot/efi", "boot");
      case GRUB -> List.of("boot/efi", "efi");
      case U_BOOT, U_BOOT_BOOTCOUNT, EXTLINUX -> List.of("boot", "boot/firmware");
    };
  }

  /**
   * Chooses one that the image has: what its settings or its fstab say, else the usual one.
   *
   * @throws UnfitException if it has none; its root is read-only, so that nobody can make it later
   */
  static BootMount choose(Kind kind, ImageFiles image, LoaderSettings settings) throws IOException {
    List<String> places = new ArrayList<>();
    settings.directory().ifPresent(named -> places.add(named.toString().substring(1)));
    if (places.isEmpty()) {
      Optional<ImageFiles.Found> fstab = image.find(BytePath.of("etc/fstab"));
      String text = fstab.isPresent() ? new String(image.read(fstab.get(), LIMIT), UTF_8) : "";
      places(kind).stream().filter(place -> mounts(text, place)).forEach(places::add);
      places.addAll(places(kind));
    }
    for (String place : places) {
      BytePath path = BytePath.of(place);
      boolean isThere =
          image
              .findUnfollowed(path)
              .filter(found -> found.inode() instanceof Inode.Directory)
              .isPresent();
      if (isThere) {
        return new BootMount(path);
      }
    }
    throw new UnfitException(
        "the image has no directory /%s, where a device with %s mounts its boot partition. Updates"
                .formatted(String.join(" or /", places), kind.label())
            + " write there, and the root is read-only, so that it can't be made later. Nothing was"
            + " written; make the image with that directory (mkdir -p /%s), empty"
                .formatted(places.get(0)));
  }

  private static boolean mounts(String fstab, String place) {
    return fstab.lines().anyMatch(line -> isAt(line, place));
  }

  private static boolean isAt(String line, String place) {
    String[] fields = line.strip().split("[ \\t]+", -1);
    return fields.length >= FIELDS && !fields[0].startsWith("#") && fields[1].equals("/" + place);
  }

  /**
   * Writes the line, in the place of what the image has for that directory.
   *
   * @param fatUuid the partition's, as blkid shows it
   */
  void write(Dir etc, String fatUuid) throws IOException {
    String line = "UUID=%s /%s vfat %s 0 0".formatted(fatUuid, directory, OPTIONS);
    String old = etc.find(FSTAB).isPresent() ? new String(etc.readAll(FSTAB, LIMIT), UTF_8) : "";
    List<String> lines = new ArrayList<>();
    old.lines().map(one -> isAt(one, directory.toString()) ? line : one).forEach(lines::add);
    if (!lines.contains(line)) {
      lines.add(line);
    }
    String text = String.join("\n", lines) + "\n";
    etc.writeAtomically(FSTAB, text.getBytes(UTF_8), 0644);
  }
}
