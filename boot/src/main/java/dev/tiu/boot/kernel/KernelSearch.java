package dev.tiu.boot.kernel;

import dev.tiu.boot.BootException;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Puts together what of a kernel lies in several places of a tree. */
final class KernelSearch {
  private static final BytePath FIRMWARE = BytePath.of("boot/firmware");
  private static final BytePath BOOT = BytePath.of("boot");
  private static final List<BytePath> MODULES =
      List.of(BytePath.of("usr/lib/modules"), BytePath.of("lib/modules"));

  /** What a version may be to become part of file names and of boot loaders' texts. */
  private static final Pattern VERSION = Pattern.compile("[0-9][A-Za-z0-9._+~-]{0,127}");

  /** More than anybody has; each may have an image that is read. */
  private static final int MOST_KERNELS = 64;

  private final RootView view;

  KernelSearch(Dir root) {
    this.view = new RootView(root);
  }

  Collection<Kernel> find() throws IOException {
    Map<String, BytePath> modules = moduleDirectories();
    Map<String, Kernel> found = new LinkedHashMap<>();
    if (modules.isEmpty()) {
      return found.values();
    }
    Map<String, BytePath> ofFirmware = firmwareImages();
    for (Map.Entry<String, BytePath> entry : modules.entrySet()) {
      String version = entry.getKey();
      Optional<BytePath> image = image(version, entry.getValue());
      BytePath copy = ofFirmware.get(version);
      if (image.isPresent() || copy != null) {
        boolean alone = modules.size() == 1;
        found.put(
            version, kernel(version, entry.getValue(), image, Optional.ofNullable(copy), alone));
      }
    }
    return found.values();
  }

  private Map<String, BytePath> moduleDirectories() throws IOException {
    Map<String, BytePath> found = new LinkedHashMap<>();
    for (BytePath place : MODULES) {
      for (DirEntry entry : view.list(place)) {
        String version = entry.name().toString();
        BytePath directory = place.resolve(entry.name());
        // Modules built for a kernel that is gone leave a directory without it.
        if (entry.type() == FileType.DIRECTORY
            && VERSION.matcher(version).matches()
            && view.hasFile(directory.resolve("modules.dep"))) {
          found.putIfAbsent(version, directory);
        }
      }
    }
    if (found.size() > MOST_KERNELS) {
      throw new BootException(
          "usr/lib/modules has the modules of %d kernels; tiu looks at %d at most"
              .formatted(found.size(), MOST_KERNELS),
          "The snapshot isn't made to boot.",
          "Make the image with fewer kernels.");
    }
    return found;
  }

  /** An image that its place or name says to be of that version. */
  private Optional<BytePath> image(String version, BytePath modules) throws IOException {
    List<BytePath> candidates =
        List.of(
            modules.resolve("vmlinuz"),
            BOOT.resolve("vmlinuz-" + version),
            BOOT.resolve("vmlinux-" + version),
            modules.resolve("Image"),
            modules.resolve("zImage"),
            BOOT.resolve("Image-" + version),
            BOOT.resolve("zImage-" + version));
    for (BytePath candidate : candidates) {
      Optional<FileHandle> found = view.file(candidate);
      if (found.isPresent()) {
        try (FileHandle file = found.get()) {
          requireVersion(candidate, version, KernelImage.version(file));
        }
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static void requireVersion(BytePath image, String version, Optional<String> found)
      throws BootException {
    if (found.isPresent() && !found.get().equals(version)) {
      throw new BootException(
          "%s: by its place it is kernel %s, by its content %s"
              .formatted(image, version, found.get()),
          "It would boot with modules that it can't load, so the snapshot isn't made to boot.",
          "Make the image again, with the kernel's package installed anew.");
    }
  }

  /** The images that the Raspberry Pi's firmware looks for, by the version of their content. */
  private Map<String, BytePath> firmwareImages() throws IOException {
    Map<String, BytePath> found = new HashMap<>();
    for (BytePath place : List.of(FIRMWARE, BOOT)) {
      for (DirEntry entry : view.list(place)) {
        if (FirmwareName.FILE.matcher(entry.name().toString()).matches()) {
          BytePath path = place.resolve(entry.name());
          Optional<FileHandle> image = view.file(path);
          if (image.isPresent()) {
            try (FileHandle file = image.get()) {
              KernelImage.version(file).ifPresent(version -> found.putIfAbsent(version, path));
            }
          }
        }
      }
    }
    return found;
  }

  private Kernel kernel(
      String version,
      BytePath modules,
      Optional<BytePath> image,
      Optional<BytePath> ofFirmware,
      boolean alone)
      throws IOException {
    Optional<String> name =
        ofFirmware.map(path -> path.name().toString()).or(() -> FirmwareName.of(version));
    List<BytePath> places = new ArrayList<>();
    // What the firmware's directory has was copied there by the same package.
    ofFirmware.ifPresent(path -> places.add(path.parent()));
    places.add(BytePath.of("usr/lib/linux-image-" + version));
    places.add(modules.resolve("dtb"));
    places.add(BOOT.resolve("dtbs/" + version));
    places.add(BOOT.resolve("dtb-" + version));
    if (alone) {
      places.add(BOOT.resolve("dtbs"));
      places.add(FIRMWARE);
    }
    Optional<BytePath> trees = first(places.stream(), ".dtb");
    Optional<BytePath> overlays =
        first(places.stream().map(place -> place.resolve("overlays")), ".dtbo");
    return new Kernel(
        version, image.or(() -> ofFirmware).orElseThrow(), modules, trees, overlays, name);
  }

  /** The first directory with such files, or with directories that have some. */
  private Optional<BytePath> first(Stream<BytePath> places, String suffix) throws IOException {
    for (BytePath place : places.toList()) {
      if (has(place, suffix)) {
        return Optional.of(place);
      }
      for (DirEntry entry : view.list(place)) {
        if (entry.type() == FileType.DIRECTORY && has(place.resolve(entry.name()), suffix)) {
          return Optional.of(place);
        }
      }
    }
    return Optional.empty();
  }

  private boolean has(BytePath directory, String suffix) throws IOException {
    return view.list(directory).stream()
        .anyMatch(entry -> entry.name().toString().endsWith(suffix));
  }
}
