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
  private final BytePath place;
  private final Pattern names;

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
    String stem = name.substring(0, dot) + "-";
    String suffix = name.substring(dot);
    String digest = HexFormat.of().formatHex(Digests.sha256().digest(content));
    this.place = BootSets.PLACE.resolve(stem + digest.substring(0, DIGITS) + suffix);
    this.names = Pattern.compile(stem + "[0-9a-f]{" + DIGITS + "}" + Pattern.quote(suffix));
  }

  /** Where it lies itself: {@code tiu/boot-0123456789abcdef.scr}. */
  BytePath place() {
    return place;
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
    FatFiles.replace(partition, place, content);
    FatFiles.replaceSector(partition, found, starter);
    FatFiles.removeOthers(partition, BootSets.PLACE, names, Set.of(place.name().toString()));
  }
}
