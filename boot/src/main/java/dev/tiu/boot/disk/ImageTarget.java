package dev.tiu.boot.disk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A sparse file with a block map beside it.
 *
 * <p>Written under a name of its own, and renamed when it is complete. A map that lies there
 * already goes before the image comes that it doesn't fit.
 */
final class ImageTarget implements Target {
  /** With less than that nothing more can be written. */
  private static final long ROOM = DiskShape.MIB;

  private final Path image;
  private final Dir directory;
  private final BytePath name;
  private final BytePath mapName;
  private final BytePath part;
  private final BytePath mapPart;

  private ImageTarget(Path image, Dir directory) {
    this.image = image;
    this.directory = directory;
    String file = image.getFileName().toString();
    this.name = BytePath.of(file);
    this.mapName = BytePath.of(mapName(file));
    this.part = BytePath.of("." + file + ".tiu-part");
    this.mapPart = BytePath.of("." + file + ".bmap.tiu-part");
  }

  /** {@code card.img} has {@code card.bmap}, where bmaptool looks for it. */
  private static String mapName(String file) {
    return (file.endsWith(".img") ? file.substring(0, file.length() - 4) : file) + ".bmap";
  }

  static ImageTarget create(Path image, long size, Consent consent) throws IOException {
    if (Files.exists(image) && !consent.covers(image)) {
      String content = "a file of %.1f MB".formatted(Files.size(image) / 1e6);
      throw new DiskHoldsDataException(image, List.of(content), consent);
    }
    Dir directory = Dir.open(image.resolveSibling("."));
    ImageTarget target = new ImageTarget(image, directory);
    boolean done = false;
    try {
      directory.removeIfThere(target.part);
      try (FileHandle file = directory.createFile(target.part, 0644)) {
        file.truncate(size);
      }
      done = true;
      return target;
    } finally {
      if (!done) {
        directory.close();
      }
    }
  }

  @Override
  public Path path() {
    return image.resolveSibling(part.toString());
  }

  @Override
  public void commit(PartitionPlan plan, Optional<BiosCode> code) throws IOException {
    String map;
    try (FileHandle file = directory.openForUpdate(part)) {
      if (code.isPresent()) {
        Target.write(file, plan, code.get());
      }
      Sfdisk.write(path(), plan);
      if (code.isPresent()) {
        Target.requireHeld(file, plan, code.get());
      }
      file.sync();
      map = Bmap.of(file).xml();
    }
    directory.removeIfThere(mapPart);
    directory.writeNew(mapPart, map.getBytes(UTF_8), 0644);
    directory.removeIfThere(mapName);
    directory.rename(part, name);
    directory.rename(mapPart, mapName);
    directory.sync();
    directory.close();
  }

  @Override
  public void abandon() throws IOException {
    try (directory) {
      directory.removeIfThere(part);
      directory.removeIfThere(mapPart);
    }
  }

  @Override
  public IOException explain(IOException failure) {
    try {
      return directory.space().availableBytes() < ROOM
          ? new ImageRoomException(image, failure)
          : failure;
    } catch (IOException e) {
      failure.addSuppressed(e);
      return failure;
    }
  }
}
