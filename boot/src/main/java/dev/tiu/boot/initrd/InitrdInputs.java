package dev.tiu.boot.initrd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.boot.Digests;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.DirEntry;
import dev.tiu.linux.Errno;
import dev.tiu.linux.FileHandle;
import dev.tiu.linux.FileStatus;
import dev.tiu.linux.FileType;
import dev.tiu.linux.LinuxException;
import dev.tiu.linux.Room;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What of a snapshot's /etc its initrds are made from. It is kept with them, so that a later look
 * tells whether they are still what a generator would make.
 *
 * <pre>
 * initramfs-tools any-host                      the generator, and for which machines
 * 2c26b46b68ffc68f… crypttab                    SHA-256 of owner, mode and content, for each file
 * </pre>
 *
 * @param how the first line
 * @param digests by the paths below /etc, as people see them
 */
public record InitrdInputs(String how, SortedMap<String, String> digests) {
  /** Its file beside the initrds; it goes where they go. */
  static final BytePath NAME = BytePath.of("initrd-inputs");

  private static final BytePath ETC = BytePath.of("etc");
  private static final int LIMIT = 4 << 20;
  private static final int BUFFER = 1 << 16;

  /** A configuration that is larger isn't written by hand. */
  private static final int CONFIGURATION_LIMIT = 1 << 20;

  /** A path of /etc in a configuration: a key file in crypttab, FILES= of mkinitcpio. */
  private static final Pattern NAMED = Pattern.compile("/etc/([A-Za-z0-9._+@:/-]*[A-Za-z0-9_])");

  private static final Pattern COMMENT = Pattern.compile("(?m)^\\s*#.*$");

  /** Takes copies. */
  public InitrdInputs {
    digests = Collections.unmodifiableSortedMap(new TreeMap<>(digests));
  }

  /**
   * Those that there are now.
   *
   * @param root the snapshot's, with its live {@code /etc}
   * @return empty if the snapshot has no generator
   */
  public static Optional<InitrdInputs> of(Dir root, InitrdSettings settings) throws IOException {
    Optional<InitrdGenerator> generator =
        settings.generator().isPresent()
            ? settings.generator()
            : InitrdGenerator.find(Room.of(root));
    if (generator.isEmpty()) {
      return Optional.empty();
    }
    String how =
        generator.get().label()
            + " "
            + (settings.coverage() == InitrdGenerator.Coverage.ANY_HOST ? "any-host" : "this-host");
    try (Dir etc = root.openDir(ETC)) {
      Reading reading = new Reading(etc);
      reading.take(InitrdSources.of(generator.get()));
      reading.take(List.copyOf(reading.named));
      return Optional.of(new InitrdInputs(how, reading.digests));
    }
  }

  /**
   * Those that the initrds were made from.
   *
   * @param kept {@code N/tiu}
   * @return empty if that isn't known
   */
  public static Optional<InitrdInputs> ofMade(Dir kept) throws IOException {
    if (kept.find(NAME).filter(s -> s.size() <= LIMIT).isEmpty()) {
      return Optional.empty();
    }
    List<String> lines = new String(kept.readAll(NAME, LIMIT), UTF_8).lines().toList();
    SortedMap<String, String> digests = new TreeMap<>();
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      int space = line.indexOf(' ');
      if (space < 0) {
        return Optional.empty();
      }
      digests.put(line.substring(space + 1), line.substring(0, space));
    }
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(new InitrdInputs(lines.get(0), digests));
  }

  /** Keeps it, whole or not at all: when the initrds are complete. */
  void write(Dir kept) throws IOException {
    String lines =
        digests.entrySet().stream()
            .map(one -> one.getValue() + " " + one.getKey() + "\n")
            .collect(Collectors.joining());
    kept.writeAtomically(NAME, (how + "\n" + lines).getBytes(UTF_8), 0600);
  }

  /**
   * What isn't as it was, for people; empty if an initrd that is made now would be the same.
   *
   * @param earlier empty if that isn't known, which counts as a change
   */
  public List<String> changedSince(Optional<InitrdInputs> earlier) {
    if (earlier.isEmpty()) {
      return List.of("it isn't known which");
    }
    List<String> changed = new ArrayList<>();
    if (!how.equals(earlier.get().how)) {
      changed.add("[boot] in /etc/tiu/tiu.toml");
    }
    TreeSet<String> all = new TreeSet<>(digests.keySet());
    all.addAll(earlier.get().digests.keySet());
    all.stream()
        .filter(path -> !Objects.equals(digests.get(path), earlier.get().digests.get(path)))
        .forEach(path -> changed.add("/etc/" + path));
    return List.copyOf(changed);
  }

  /** A walk through an /etc. */
  private static final class Reading {
    private final Dir etc;
    private final SortedMap<String, String> digests = new TreeMap<>();
    private final TreeSet<BytePath> named = new TreeSet<>();

    Reading(Dir etc) {
      this.etc = etc;
    }

    void take(List<BytePath> paths) throws IOException {
      for (BytePath path : paths) {
        try {
          Optional<FileStatus> status = etc.find(path);
          if (status.isPresent()) {
            take(path, status.get());
          }
        } catch (LinuxException e) {
          // On the way is a link, out of /etc or to a place that has its own name.
          if (e.errno() != Errno.ELOOP) {
            throw e;
          }
        }
      }
    }

    private void take(BytePath path, FileStatus status) throws IOException {
      if (status.type() == FileType.DIRECTORY) {
        try (Dir dir = etc.openDir(path)) {
          for (DirEntry entry : dir.list()) {
            take(path.resolve(entry.name()), dir.status(entry.name()));
          }
        }
        return;
      }
      MessageDigest digest = Digests.sha256();
      String metadata =
          "%s %o %d %d\n".formatted(status.type(), status.mode(), status.uid(), status.gid());
      digest.update(metadata.getBytes(UTF_8));
      if (status.type() == FileType.SYMLINK) {
        digest.update(etc.readLink(path));
      } else if (status.type() == FileType.REGULAR) {
        digest(path, digest);
        if (status.size() <= CONFIGURATION_LIMIT) {
          findNamed(new String(etc.readAll(path, CONFIGURATION_LIMIT), ISO_8859_1));
        }
      }
      digests.put(path.toString(), HexFormat.of().formatHex(digest.digest()));
    }

    private void digest(BytePath path, MessageDigest digest) throws IOException {
      byte[] buffer = new byte[BUFFER];
      try (FileHandle file = etc.openFile(path);
          InputStream in = file.stream()) {
        for (int read = in.read(buffer); read > 0; read = in.read(buffer)) {
          digest.update(buffer, 0, read);
        }
      }
    }

    private void findNamed(String configuration) {
      Matcher path = NAMED.matcher(COMMENT.matcher(configuration).replaceAll(""));
      while (path.find()) {
        try {
          named.add(BytePath.of(path.group(1)));
        } catch (IllegalArgumentException e) {
          // No path after all: it has ".." or two slashes in it.
        }
      }
    }
  }
}
