package dev.tiu.e2e.image;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A disk with one system, which machines begin from, made by {@code tiu install --disk}.
 *
 * @param image raw
 * @param boot where its FAT is
 * @param root where its btrfs is
 */
public record BaseDisk(Path image, Range boot, Range root) {
  private static final String SIZE = "4G";
  private static final long SECTOR = 512;

  /** As sfdisk prints a partition, in sectors. */
  private static final Pattern PARTITION = Pattern.compile("start= *(\\d+), size= *(\\d+)");

  /** In bytes. */
  public record Range(long offset, long size) {}

  /**
   * From the cache, or made.
   *
   * @param loader as {@code --boot} names it
   */
  public static BaseDisk of(TestBundle bundle, String loader) throws IOException {
    List<String> inputs = List.of(bundle.key(), loader, SIZE);
    String name = "disk-" + bundle.root().architecture().debian() + "-" + loader;
    Path image = Cache.ofUser().get(name, ".img", inputs, part -> make(bundle, loader, part));
    List<Range> ranges = new ArrayList<>();
    Matcher partition =
        PARTITION.matcher(Command.of("sfdisk", "--dump", image.toString()).run().text());
    while (partition.find()) {
      long first = Long.parseLong(partition.group(1));
      long sectors = Long.parseLong(partition.group(2));
      ranges.add(new Range(first * SECTOR, sectors * SECTOR));
    }
    // A disk that a BIOS starts too has a partition for that before them.
    int last = ranges.size() - 1;
    return new BaseDisk(image, ranges.get(last - 1), ranges.get(last));
  }

  /** For UEFI. */
  public static BaseDisk withSystemdBoot(TestBundle bundle) throws IOException {
    return of(bundle, "systemd-boot");
  }

  /** For UEFI too, and for a BIOS. */
  public static BaseDisk withGrub(TestBundle bundle) throws IOException {
    return of(bundle, "grub");
  }

  /** For U-Boot, which finds tiu's boot.scr. */
  public static BaseDisk withBootScript(TestBundle bundle) throws IOException {
    return of(bundle, "u-boot");
  }

  /** For a U-Boot that counts by itself, and finds tiu's boot.scr too. */
  public static BaseDisk withBootcount(TestBundle bundle) throws IOException {
    return of(bundle, "u-boot-bootcount");
  }

  /** For U-Boot, which finds its entry in extlinux.conf. */
  public static BaseDisk withExtlinux(TestBundle bundle) throws IOException {
    return of(bundle, "extlinux");
  }

  /** A card for a Raspberry Pi. */
  public static BaseDisk forRaspberryPi(TestBundle bundle) throws IOException {
    return of(bundle, "pi");
  }

  private static void make(TestBundle bundle, String loader, Path image) throws IOException {
    String unused =
        TiuProgram.built()
            .run(
                "install",
                "--disk",
                image.toString(),
                "--boot",
                loader,
                "--size",
                SIZE,
                "--keyring",
                bundle.keyring().toString(),
                bundle.file().toString());
    // The block map is of no use here.
    Files.delete(Path.of(image + ".bmap"));
  }
}
