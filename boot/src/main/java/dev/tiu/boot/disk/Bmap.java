package dev.tiu.boot.disk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.FileHandle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalLong;

/**
 * Which blocks of an image have to be written to a medium, and what is in them: bmaptool's format
 * 2.0.
 *
 * <p>Blocks that aren't listed are holes of the file: nothing ever wrote there. What was written as
 * zeros is no hole and is listed, because file systems count on it: the tables of a FAT, the places
 * of btrfs's superblocks.
 */
final class Bmap {
  private static final int BLOCK = 4096;

  /** What the checksum of the whole text is computed over has these in its place. */
  private static final String NO_CHECKSUM = "0".repeat(64);

  /** Blocks, the last one included, with the checksum of their bytes. */
  private record Range(long first, long last, String checksum) {
    String line() {
      String blocks = first == last ? Long.toString(first) : first + "-" + last;
      return "        <Range chksum=\"%s\"> %s </Range>%n".formatted(checksum, blocks);
    }

    long blocks() {
      return last - first + 1;
    }
  }

  private final long size;
  private final List<Range> ranges;

  private Bmap(long size, List<Range> ranges) {
    this.size = size;
    this.ranges = ranges;
  }

  /** Reads an image, all of it but the holes. */
  static Bmap of(FileHandle image) throws IOException {
    long size = image.status().size();
    List<Range> ranges = new ArrayList<>();
    long at = 0;
    for (OptionalLong data = image.nextData(at); data.isPresent(); data = next(image, at, size)) {
      long first = data.getAsLong() / BLOCK;
      long end = blockEnd(image, data.getAsLong(), size);
      ranges.add(new Range(first, (end - 1) / BLOCK, checksum(image, first * BLOCK, end)));
      at = end;
    }
    return new Bmap(size, ranges);
  }

  private static OptionalLong next(FileHandle image, long at, long size) throws IOException {
    return at < size ? image.nextData(at) : OptionalLong.empty();
  }

  /** Where data ends, in whole blocks; holes that don't have a whole one count as data. */
  private static long blockEnd(FileHandle image, long data, long size) throws IOException {
    long end = data;
    while (true) {
      long hole = image.nextHole(end);
      end = Math.min(size, (hole + BLOCK - 1) / BLOCK * BLOCK);
      OptionalLong more = next(image, end, size);
      if (more.isEmpty() || more.getAsLong() / BLOCK * BLOCK > end) {
        return end;
      }
      end = more.getAsLong();
    }
  }

  private static String checksum(FileHandle image, long from, long end) throws IOException {
    MessageDigest digest = sha256();
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    for (long at = from; at < end; at += buffer.limit()) {
      buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
      image.readFully(buffer, at);
      digest.update(buffer.flip());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The file's content. */
  String xml() {
    String text = text(NO_CHECKSUM);
    String checksum = HexFormat.of().formatHex(sha256().digest(text.getBytes(UTF_8)));
    return text(checksum);
  }

  private String text(String checksum) {
    StringBuilder text = new StringBuilder(1024);
    text.append(
        """
        <?xml version="1.0" ?>
        <!-- What of the image has to be written: bmaptool copy does it. -->
        <bmap version="2.0">
            <ImageSize> %d </ImageSize>
            <BlockSize> %d </BlockSize>
            <BlocksCount> %d </BlocksCount>
            <MappedBlocksCount> %d </MappedBlocksCount>
            <ChecksumType> sha256 </ChecksumType>
            <BmapFileChecksum> %s </BmapFileChecksum>
            <BlockMap>
        """
            .formatted(size, BLOCK, (size + BLOCK - 1) / BLOCK, mappedBlocks(), checksum));
    ranges.forEach(range -> text.append(range.line()));
    return text.append("    </BlockMap>\n</bmap>\n").toString();
  }

  private long mappedBlocks() {
    return ranges.stream().mapToLong(Range::blocks).sum();
  }
}
