package dev.tiu.e2e.pi;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.linux.Command;
import dev.tiu.linux.CommandException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads a card: its partition table, by itself, and its FATs, by copying them out with mtools. */
final class CardReader {
  private static final int SECTOR = 512;
  private static final int MBR_ENTRIES = 446;
  private static final int GPT_ENTRIES = 1024;

  private final Path disk;
  private final Path work;

  CardReader(Path disk, Path work) {
    this.disk = disk;
    this.work = work;
  }

  PiCard read() throws IOException {
    Path start = work.resolve("table");
    Qcow2.copyRange(disk, 0, 40 * SECTOR, start);
    ByteBuffer table = ByteBuffer.wrap(Files.readAllBytes(start)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] signature = new byte[8];
    table.get(SECTOR, signature);
    boolean gpt = new String(signature, US_ASCII).equals("EFI PART");
    Map<Integer, Optional<BootFiles>> partitions = new HashMap<>();
    for (int number = 1; number <= 4; number++) {
      long first = gpt ? gptFirst(table, number) : mbr(table, number, 8);
      long sectors = gpt ? gptLast(table, number) - first + 1 : mbr(table, number, 12);
      if (first != 0) {
        partitions.put(number, fat(number, first * SECTOR, sectors * SECTOR));
      }
    }
    return PiCard.of(gpt, partitions);
  }

  private static long mbr(ByteBuffer table, int number, int at) {
    return table.getInt(MBR_ENTRIES + 16 * (number - 1) + at) & 0xffffffffL;
  }

  private static long gptFirst(ByteBuffer table, int number) {
    return table.getLong(GPT_ENTRIES + 128 * (number - 1) + 32);
  }

  private static long gptLast(ByteBuffer table, int number) {
    return table.getLong(GPT_ENTRIES + 128 * (number - 1) + 40);
  }

  /** Empty if the range is no FAT. */
  private Optional<BootFiles> fat(int number, long offset, long size) throws IOException {
    Path boot = work.resolve("boot-sector");
    Qcow2.copyRange(disk, offset, SECTOR, boot);
    if (!new String(Files.readAllBytes(boot), 82, 5, US_ASCII).equals("FAT32")) {
      return Optional.empty();
    }
    Path image = work.resolve("fat" + number + ".img");
    Path files = Files.createDirectory(work.resolve("fat" + number));
    Qcow2.copyRange(disk, offset, size, image);
    try {
      Command.of("mcopy", "-s", "-n", "-Q", "-i", "" + image, "::/*", "" + files)
          .environment(Map.of("MTOOLS_SKIP_CHECK", "1"))
          .run();
    } catch (CommandException e) {
      throw new IOException("partition " + number + " can't be read as a FAT", e);
    } finally {
      Files.delete(image);
    }
    return Optional.of(files(files));
  }

  private static BootFiles files(Path root) throws IOException {
    Map<String, Path> byName = new HashMap<>();
    try (Stream<Path> all = Files.walk(root)) {
      all.filter(Files::isRegularFile)
          .forEach(
              file -> byName.put(root.relativize(file).toString().toLowerCase(Locale.ROOT), file));
    }
    return path ->
        Optional.ofNullable(byName.get(path.toLowerCase(Locale.ROOT))).map(CardReader::content);
  }

  private static byte[] content(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
