package dev.tiu.e2e.machine;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Path;

/** Disks of machines in QEMU's own format. */
public final class Qcow2 {
  private Qcow2() {}

  /**
   * A disk that begins as another one, and keeps its changes to itself.
   *
   * @param base a raw image, or such a disk, by its name
   */
  public static Path overlay(Path base, Path disk) throws IOException {
    String format = base.toString().endsWith(".qcow2") ? "qcow2" : "raw";
    String from = base.toAbsolutePath().toString();
    Command.of("qemu-img", "create", "-q", "-f", "qcow2", "-b", from, "-F", format, "" + disk)
        .run();
    return disk;
  }

  /** The same as a card is larger that the image was written to. */
  public static Path largerOverlay(Path rawImage, Path disk, long size) throws IOException {
    Path made = overlay(rawImage, disk);
    Command.of("qemu-img", "resize", "-q", made.toString(), Long.toString(size)).run();
    return made;
  }

  /** Copies a range of a disk that may be in use to a sparse file. */
  public static void copyRange(Path disk, long offset, long size, Path to) throws IOException {
    String source =
        "driver=raw,offset=%d,size=%d,file.driver=qcow2,file.file.driver=file,file.file.filename=%s"
            .formatted(offset, size, disk.toAbsolutePath());
    Command.of("qemu-img", "convert", "-U", "--image-opts", source, "-O", "raw", to.toString())
        .run();
  }
}
