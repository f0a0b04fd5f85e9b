package dev.tiu.e2e.pi;

import dev.tiu.e2e.machine.Firmware;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A Raspberry Pi's firmware on QEMU's {@code virt} board: the card's kernel, initrd and command
 * line, as {@link PiBoot} finds them, and QEMU's own device tree with what the firmware adds to it.
 *
 * @param walk see {@link PiBoot}
 */
public record PiFirmware(PiModel model, boolean walk) implements Firmware {
  /** What it read from the card. */
  record Loaded(PiSelection found, BootFiles files, Path work, List<String> argv) {}

  @Override
  public List<String> arguments(Start start) throws IOException {
    Loaded loaded = load(start, model, walk);
    List<String> argv = new ArrayList<>(loaded.argv());
    argv.addAll(List.of("-dtb", deviceTree(start, loaded.found(), loaded.work()).toString()));
    return argv;
  }

  /** Kernel, initrd and command line, as QEMU takes them. */
  static Loaded load(Start start, PiModel model, boolean walk) throws IOException {
    Path work = start.directory().resolve("firmware");
    Command.of("rm", "-rf", "--one-file-system", work.toString()).run();
    Files.createDirectories(work);
    CardReader reader = new CardReader(start.disk(), work);
    PiCard card = reader.read();
    PiSelection found = new PiBoot(model, card, walk).choose(start.rebootArgument());
    Files.writeString(
        start.directory().resolve("firmware.log"),
        found + "\n",
        java.nio.file.StandardOpenOption.CREATE,
        java.nio.file.StandardOpenOption.APPEND);

    BootFiles files = card.fat(found.partition()).orElseThrow();
    Path kernel = work.resolve("kernel");
    Files.write(kernel, files.read(found.kernel()).orElseThrow());
    List<String> argv = new ArrayList<>();
    argv.addAll(List.of("-kernel", kernel.toString(), "-append", found.commandLine()));
    if (found.initramfs().isPresent()) {
      Path initrd = work.resolve("initrd");
      Files.write(initrd, files.read(found.initramfs().get()).orElseThrow());
      argv.addAll(List.of("-initrd", initrd.toString()));
    }
    return new Loaded(found, files, work, argv);
  }

  /** {@code /chosen} says what was booted, in big-endian u32 and strings. */
  private static Path deviceTree(Start start, PiSelection found, Path work) throws IOException {
    Path tree = work.resolve("virt.dtb");
    Command.of(
            "qemu-system-aarch64",
            "-machine",
            "virt,gic-version=2,dumpdtb=" + tree,
            "-cpu",
            "cortex-a72",
            "-m",
            Integer.toString(start.memory()),
            "-smp",
            "1",
            "-display",
            "none")
        .run();
    put(tree, "/chosen/bootloader", "partition", "u", Integer.toString(found.partition()));
    put(tree, "/chosen/bootloader", "tryboot", "u", found.tryboot() ? "1" : "0");
    put(tree, "/chosen/bootloader", "rsts", "u", "0");
    put(tree, "/chosen", "os_prefix", "s", found.prefix());
    return tree;
  }

  private static void put(Path tree, String node, String property, String type, String value)
      throws IOException {
    Command.of("fdtput", "-p", "-t", type, tree.toString(), node, property, value).run();
  }
}
