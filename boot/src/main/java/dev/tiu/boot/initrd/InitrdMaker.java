package dev.tiu.boot.initrd;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.BootException;
import dev.tiu.boot.initrd.InitrdSettings.Trials;
import dev.tiu.boot.kernel.Kernel;
import dev.tiu.boot.kernel.RootView;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.Errno;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileType;
import dev.tiu.linux.LinuxException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Gets the initrds of a snapshot, and keeps them with it.
 *
 * <p>The snapshot isn't changed. In the directory of what is kept with it, {@code initrd-VERSION}
 * appears when it is whole and was found right, and {@code initrd-VERSION.log} has what the
 * generator said, also if it failed. Both must lie on one btrfs. Where the settings want it to
 * count the boots of a trial, and it can be made to, what does that is in front of it.
 */
public final class InitrdMaker {
  private static final String NAME = "initrd-";
  private static final byte[] NOTHING = {};
  private static final int LOG_LIMIT = 2 << 20;
  private static final int BUFFER = 1 << 20;

  private final Dir root;
  private final Dir kept;
  private final InitrdSettings settings;

  /**
   * For one snapshot.
   *
   * @param root its root, a subvolume, sealed or not, with its live {@code /etc} in it
   * @param kept {@code N/tiu}
   */
  public InitrdMaker(Dir root, Dir kept, InitrdSettings settings) {
    this.root = root;
    this.kept = kept;
    this.settings = settings;
  }

  /**
   * Gets the initrd of that kernel; empty where the policy wants none.
   *
   * @throws BootException if there is none, its generator fails or hangs, or it can't bring up a
   *     btrfs with that kernel
   */
  public Optional<Initrd> make(Kernel kernel, InitrdPolicy policy) throws IOException {
    return switch (policy) {
      case REGENERATE -> Optional.of(regenerate(kernel));
      case IMAGE -> Optional.of(fromImage(kernel));
      case NONE -> {
        requireNoNeed(kernel);
        yield Optional.empty();
      }
    };
  }

  /** One that was made before, if it still is as it must be: what has booted once boots again. */
  public Optional<Initrd> find(Kernel kernel) throws IOException {
    BytePath place = place(kernel);
    if (kept.find(place).isEmpty()) {
      return Optional.empty();
    }
    try (FileHandle file = kept.openFile(place)) {
      InitrdContent unused = InitrdCheck.check(file, place.toString(), root, kernel, "");
      return Optional.of(new Initrd(place, file.status().size()));
    } catch (BootException e) {
      return Optional.empty();
    }
  }

  /**
   * Gives another snapshot of the same image what was made for one; they share the data.
   *
   * @param from {@code N/tiu} of the one that has them
   * @param to that of the other
   */
  public static void share(Dir from, Dir to) throws IOException {
    for (DirEntry entry : from.list()) {
      String name = entry.name().toString();
      if (name.startsWith(NAME) && entry.type() == FileType.REGULAR) {
        try (FileHandle initrd = from.openFile(entry.name())) {
          copy(initrd, to, entry.name(), NOTHING);
        }
      }
    }
    to.sync();
  }

  /** Notes what the initrds that are there now were made from; nothing, if no generator did it. */
  public void keepInputs(Optional<InitrdInputs> inputs) throws IOException {
    if (inputs.isPresent()) {
      inputs.get().write(kept);
    } else {
      kept.removeIfThere(InitrdInputs.NAME);
    }
  }

  private static BytePath place(Kernel kernel) {
    return BytePath.of(NAME + kernel.version());
  }

  private void requireNoNeed(Kernel kernel) throws IOException {
    if (!KernelModules.read(root, kernel).isBuiltIn("btrfs.ko")) {
      throw new BootException(
          "Kernel %s has btrfs as a module, and the policy is to have no initrd"
              .formatted(kernel.version()),
          "It couldn't mount its root, so the snapshot isn't made to boot; what boots now stays.",
          "Set [boot] initrd = \"regenerate\" in /etc/tiu/tiu.toml, or make the image with a kernel"
              + " that has btrfs built in.");
    }
  }

  private Initrd fromImage(Kernel kernel) throws IOException {
    for (BytePath place : placesInImage(kernel)) {
      Optional<FileHandle> found = new RootView(root).file(place);
      if (found.isPresent()) {
        try (FileHandle file = found.get()) {
          return keep(file, place.toString(), kernel, "Make the image with one that fits.");
        }
      }
    }
    throw new BootException(
        "The image has no initrd for kernel %s, and the policy is to take the image's"
            .formatted(kernel.version()),
        "Without one the snapshot isn't made to boot; what boots now stays.",
        "Make the image by `tiu create --initrd image` of a tree that has %s, or set [boot] initrd ="
                .formatted(placesInImage(kernel).get(0))
            + " \"regenerate\" in /etc/tiu/tiu.toml.");
  }

  private static List<BytePath> placesInImage(Kernel kernel) {
    String version = kernel.version();
    // kernel8.img has initramfs8, kernel_2712.img has initramfs_2712.
    String ofFirmware =
        kernel.firmwareName().orElse("none").replace("kernel", "initramfs").replace(".img", "");
    return List.of(
        BytePath.of("boot/initrd.img-" + version),
        BytePath.of("boot/initramfs-" + version + ".img"),
        BytePath.of("boot/initrd-" + version),
        kernel.modules().resolve("initrd"),
        BytePath.of("boot/firmware/" + ofFirmware));
  }

  private Initrd regenerate(Kernel kernel) throws IOException {
    String remedy =
        "%s%s.log, beside the snapshot, has what the generator said; its configuration is in the"
                .formatted(NAME, kernel.version())
            + " image's and the device's /etc.";
    try (GeneratorRun run = GeneratorRun.of(root, kept, settings)) {
      GeneratorRun.Result result = run.run(kernel.version());
      kept.writeAtomically(log(kernel), result.log().getBytes(UTF_8), 0644);
      if (result.failure().isPresent()) {
        throw new BootException(
            result.failure().get(),
            "The snapshot has no initrd, so it isn't made to boot; what boots now stays.",
            remedy);
      }
      BytePath output = BytePath.of(InitrdGenerator.OUTPUT);
      Optional<FileHandle> made = new RootView(run.scratch()).file(output);
      if (made.isEmpty()) {
        throw new BootException(
            "%s ended well and made no initrd for kernel %s"
                .formatted(result.generator(), kernel.version()),
            "The snapshot has none, so it isn't made to boot; what boots now stays.",
            remedy);
      }
      try (FileHandle file = made.get()) {
        String name = "The initrd that " + result.generator() + " made";
        return keep(file, name, kernel, remedy);
      }
    }
  }

  /** Shares its data; root's alone, as it may have keys in it. */
  private Initrd keep(FileHandle initrd, String name, Kernel kernel, String remedy)
      throws IOException {
    InitrdContent content = InitrdCheck.check(initrd, name, root, kernel, remedy);
    ByteArrayOutputStream before = new ByteArrayOutputStream();
    if (settings.trials() == Trials.COUNTED_HERE) {
      TryCounter counter = TryCounter.of(content, root, kernel);
      before.writeBytes(counter.archive().orElse(NOTHING));
      if (counter.archive().isEmpty()) {
        addToLog(kernel, "(can't be made to count the boots of a trial: it " + counter.reason());
      }
    }
    if (!settings.watchdogs().isEmpty() && WatchdogFeeder.isWanted(root)) {
      Optional<byte[]> feeder = WatchdogFeeder.of(content, root, kernel, settings.watchdogs());
      before.writeBytes(feeder.orElse(NOTHING));
      if (feeder.isEmpty()) {
        addToLog(kernel, "(can't be made to feed the watchdog");
      }
    }
    byte[] front = before.toByteArray();
    BytePath place = place(kernel);
    copy(initrd, kept, place, front);
    kept.sync();
    return new Initrd(place, front.length + initrd.status().size());
  }

  /** Whether the boots of a trial are counted in an initrd, wherever it lies. */
  public static boolean countsTries(Dir dir, BytePath initrd) throws IOException {
    try (FileHandle file = dir.openFile(initrd)) {
      return TryCounter.isIn(file);
    }
  }

  private void addToLog(Kernel kernel, String line) throws IOException {
    BytePath log = log(kernel);
    String before =
        kept.find(log).isPresent() ? new String(kept.readAll(log, LOG_LIMIT), UTF_8) : "";
    kept.writeAtomically(log, (before + line + ")\n").getBytes(UTF_8), 0644);
  }

  private static BytePath log(Kernel kernel) {
    return BytePath.of(NAME + kernel.version() + ".log");
  }

  private static void copy(FileHandle initrd, Dir to, BytePath place, byte[] front)
      throws IOException {
    BytePath temporary = BytePath.of("." + place + ".tiu-tmp");
    boolean unused = to.removeIfThere(temporary);
    boolean done = false;
    try (FileHandle copy = to.createPrivate(temporary)) {
      copy.write(ByteBuffer.wrap(front), 0);
      append(copy, front.length, initrd);
      copy.sync();
      requireHeld(copy, front);
      to.rename(temporary, place);
      done = true;
    } finally {
      if (!done) {
        to.unlink(temporary);
      }
    }
  }

  private static void append(FileHandle copy, long offset, FileHandle initrd) throws IOException {
    try {
      copy.cloneRange(initrd, 0, initrd.status().size(), offset);
    } catch (LinuxException e) {
      if (offset == 0 || e.errno() != Errno.EINVAL) {
        throw e;
      }
      // A btrfs with larger blocks, made on a machine with larger pages.
      ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
      long position = 0;
      while (initrd.read(buffer.clear(), position) > 0) {
        int length = buffer.flip().remaining();
        copy.write(buffer, offset + position);
        position += length;
      }
    }
  }

  private static void requireHeld(FileHandle copy, byte[] front) throws IOException {
    if (!copy.holds(front, 0)) {
      throw new BootException(
          "The disk didn't keep the initrd as it was written",
          "The snapshot isn't made to boot; what boots now stays.",
          "The disk may be failing: look at what `dmesg` says, and replace it.");
    }
  }
}
