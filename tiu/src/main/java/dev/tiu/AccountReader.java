package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.squashfs.DataBlock;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.etcmerge.accounts.AccountFile;
import dev.tiu.etcmerge.accounts.AccountFiles;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.verity.ByteRange;
import dev.tiu.verity.FsVerity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the files that accounts are in. What is no regular file there counts as missing. */
final class AccountReader {
  /** Far more than any file of accounts has. */
  private static final int LIMIT = 16 << 20;

  private static final BytePath ETC = BytePath.of("etc");

  private AccountReader() {}

  /** Those of an /etc on the disk. */
  static AccountFiles read(Dir etc) throws IOException {
    Map<AccountFile, byte[]> contents = new EnumMap<>(AccountFile.class);
    for (AccountFile file : AccountFile.values()) {
      BytePath name = BytePath.of(file.fileName());
      Optional<FileStatus> status = etc.find(name);
      if (status.filter(s -> s.type() == FileType.REGULAR).isPresent()) {
        contents.put(file, etc.readAll(name, LIMIT));
      }
    }
    return AccountFiles.of(contents);
  }

  /**
   * Those of an image. What the present one has just the same isn't read from the new one, which
   * may be far away.
   */
  static AccountFiles read(Bundle image, AccountFiles present) throws IOException {
    Map<AccountFile, byte[]> contents = new EnumMap<>(AccountFile.class);
    Map<AccountFile, Inode.RegularFile> wanted = new EnumMap<>(AccountFile.class);
    for (AccountFile file : AccountFile.values()) {
      Optional<Inode> inode = image.tree().get(ETC.resolve(BytePath.of(file.fileName())));
      if (inode.isPresent() && inode.get() instanceof Inode.RegularFile regular) {
        Optional<byte[]> known = present.content(file);
        if (known.isPresent() && isContentOf(image, regular, known.get())) {
          contents.put(file, known.get());
        } else {
          wanted.put(file, regular);
        }
      }
    }
    expect(image, wanted);
    for (Map.Entry<AccountFile, Inode.RegularFile> file : wanted.entrySet()) {
      contents.put(file.getKey(), content(image, file.getValue()));
    }
    return AccountFiles.of(contents);
  }

  private static boolean isContentOf(Bundle image, Inode.RegularFile file, byte[] content)
      throws IOException {
    return file.size() == content.length
        && image.contentTable().matches(file.number(), FsVerity.digest(content));
  }

  private static void expect(Bundle image, Map<AccountFile, Inode.RegularFile> files)
      throws IOException {
    List<ByteRange> ranges = new ArrayList<>();
    for (Inode.RegularFile file : files.values()) {
      image.image().blocks(file).stream().map(DataBlock::stored).forEach(ranges::add);
    }
    if (!ranges.isEmpty()) {
      image.expect(ByteRange.coalesce(ranges));
    }
  }

  private static byte[] content(Bundle image, Inode.RegularFile file) throws IOException {
    if (file.size() > LIMIT) {
      throw new UnfitException(
          "a file of accounts in the image has %d bytes, more than any device can use"
              .formatted(file.size()));
    }
    byte[] content = new byte[(int) file.size()];
    ByteBuffer buffer = ByteBuffer.wrap(content);
    for (DataBlock block : image.image().blocks(file)) {
      image.image().read(block, buffer);
    }
    return content;
  }
}
