package dev.tiu.boot.loader;

import dev.tiu.boot.Digests;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A script of tiu's that a boot loader finds by a name which is always the same.
 *
 * <p>Under that name lies one sector, which runs the script; the script has its digest in its own
 * name. So another version's is whole on the disk before the sector, in one step, runs that.
 */
final class LoaderScript {
  private static final int DIGITS = 16;

  private final BytePath found;
  private final byte[] content;
  private final String stem;
  private final String suffix;

  /**
   * A script.
   *
   * @param found where the loader finds it, {@code boot.scr}
   */
  LoaderScript(BytePath found, byte[] content) {
    this.found = found;
    this.content = content.clone();
    String name = found.name().toString();
    int dot = name.lastIndexOf('.');
    this.stem = name.substring(0, dot);
    this.suffix = name.substring(dot);
  }

  /** Where it lies itself: {@code tiu/boot-0123456789abcdef.scr}. */
  BytePath place() {
    String digest = HexFormat.of().formatHex(Digests.sha256().digest(content));
    return BootSets.PLACE.resolve(stem + "-" + digest.substring(0, DIGITS) + suffix);
  }

  /**
   * Puts it there. Where it is as it should be already, nothing is written.
   *
   * @param starter {@link Sector#SIZE} bytes that run what lies at {@link #place}
   */
  void put(Dir partition, byte[] starter) throws IOException {
    if (starter.length != Sector.SIZE) {
      throw new IllegalArgumentException(found + ": " + starter.length + " bytes");
    }
    FatFiles.makeDirs(partition, BootSets.PLACE);
    FatFiles.replace(partition, place(), content);
    FatFiles.replaceSector(partition, found, starter);
    Pattern all = Pattern.compile(stem + "-[0-9a-f]{" + DIGITS + "}" + Pattern.quote(suffix));
    FatFiles.removeOthers(partition, BootSets.PLACE, all, Set.of(place().name().toString()));
  }
}
