package dev.tiu.boot.initrd;

import dev.tiu.linux.Room;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The programs that make initrds; of those that a snapshot has, the first one here is taken.
 *
 * <p>dracut comes last because Debian has it beside initramfs-tools as a library of others. Each is
 * told to make an initrd for any machine of its kind: in a room it can't see which one it is on.
 */
public enum InitrdGenerator {
  /** Debian's. Takes {@code MODULES=most} from its configuration, and compresses as that says. */
  INITRAMFS_TOOLS("initramfs-tools", "mkinitramfs") {
    @Override
    List<String> argv(String version, String scratch, Coverage coverage) {
      return List.of(program(), "-o", output(scratch), version);
    }
  },

  /** Arch Linux's. Its hook autodetect is what makes an initrd host-only. */
  MKINITCPIO("mkinitcpio", "mkinitcpio") {
    @Override
    List<String> argv(String version, String scratch, Coverage coverage) {
      List<String> all =
          List.of(program(), "-k", version, "-g", output(scratch), "-t", scratch, "-n");
      return coverage == Coverage.ANY_HOST ? concat(all, List.of("-S", "autodetect")) : all;
    }
  },

  /** Fedora's, SUSE's and others'. What squash packs once more tiu couldn't look into. */
  DRACUT("dracut", "dracut") {
    @Override
    List<String> argv(String version, String scratch, Coverage coverage) {
      List<String> host =
          coverage == Coverage.ANY_HOST
              ? List.of("--no-hostonly", "--no-hostonly-cmdline")
              : List.of("--hostonly");
      List<String> options =
          List.of(
              "--reproducible", "--force-add", "btrfs", "--omit", "squash", "--tmpdir", scratch);
      return concat(
          concat(List.of(program(), "--force"), host),
          concat(options, List.of(output(scratch), version)));
    }
  };

  /** For which machines an initrd shall have the drivers. */
  public enum Coverage {
    /** All that the kernel knows. */
    ANY_HOST,
    /** Those that the generator finds by what it sees of this machine. */
    THIS_HOST
  }

  /** What the initrd is called in the scratch directory. */
  static final String OUTPUT = "initrd";

  private final String label;
  private final String program;

  InitrdGenerator(String label, String program) {
    this.label = label;
    this.program = program;
  }

  /** How a configuration names it: {@code initramfs-tools}, {@code mkinitcpio}, {@code dracut}. */
  public String label() {
    return label;
  }

  /** The one that a configuration names. */
  public static Optional<InitrdGenerator> ofLabel(String label) {
    return Arrays.stream(values()).filter(one -> one.label.equals(label)).findFirst();
  }

  /** The first that the room's root has. */
  static Optional<InitrdGenerator> find(Room room) throws IOException {
    for (InitrdGenerator generator : values()) {
      if (room.has(generator.program)) {
        return Optional.of(generator);
      }
    }
    return Optional.empty();
  }

  static String all() {
    return Arrays.stream(values()).map(InitrdGenerator::label).collect(Collectors.joining(", "));
  }

  String program() {
    return program;
  }

  /**
   * What is run.
   *
   * @param scratch a directory in the room, for temporary files and the result
   */
  abstract List<String> argv(String version, String scratch, Coverage coverage);

  private static String output(String scratch) {
    return scratch + "/" + OUTPUT;
  }

  private static List<String> concat(List<String> a, List<String> b) {
    return Stream.concat(a.stream(), b.stream()).toList();
  }
}
