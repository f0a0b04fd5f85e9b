package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.Channel;
import dev.tiu.bundle.ExpiredException;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.Progress;
import dev.tiu.bundle.Trust;
import dev.tiu.bundle.delta.Delta;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The bundles and deltas of a directory that is to be a channel, each opened and checked.
 *
 * <p>What was listed before under the same name, with the same ID and size, isn't read through
 * again.
 */
final class PublishedFiles {
  static final String BUNDLE = ".tiu";
  static final String DELTA = ".tiud";

  private final Path directory;
  private final Trust trust;
  private final Channel before;
  private final int threads;

  private final List<Image> images = new ArrayList<>();
  private final List<Channel.DeltaFile> deltas = new ArrayList<>();
  private final List<LeftOut> leftOut = new ArrayList<>();

  /** A bundle that can be offered. */
  record Image(Channel.ImageFile file, Instant created) {}

  /**
   * A file that isn't listed.
   *
   * @param code what its failure is; {@link ExitCode#OK} for one that only has had its time
   */
  record LeftOut(String file, String reason, ExitCode code) {}

  private PublishedFiles(Path directory, Trust trust, Channel before, int threads) {
    this.directory = directory;
    this.trust = trust;
    this.before = before;
    this.threads = threads;
  }

  /** Looks at every bundle and delta of a directory. */
  static PublishedFiles read(Path directory, Trust trust, Channel before, int threads)
      throws IOException {
    PublishedFiles files = new PublishedFiles(directory, trust, before, threads);
    Set<String> names = new TreeSet<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        if (Files.isRegularFile(entry, LinkOption.NOFOLLOW_LINKS)) {
          names.add(String.valueOf(entry.getFileName()));
        }
      }
    }
    for (String name : names) {
      if (name.endsWith(BUNDLE) && !name.startsWith(".")) {
        files.take(name, files::image);
      }
    }
    for (String name : names) {
      if (name.endsWith(DELTA) && !name.startsWith(".")) {
        files.take(name, files::delta);
      }
    }
    return files;
  }

  List<Image> images() {
    return List.copyOf(images);
  }

  List<Channel.DeltaFile> deltas() {
    return List.copyOf(deltas);
  }

  List<LeftOut> leftOut() {
    return List.copyOf(leftOut);
  }

  Path path(String file) {
    return directory.resolve(file);
  }

  /** A delta that was made just now. */
  void add(String file) throws IOException {
    delta(file);
  }

  /** What couldn't be made. */
  void leaveOut(String file, IOException failure) {
    leftOut.add(new LeftOut(file, String.valueOf(failure.getMessage()), ExitCode.of(failure)));
  }

  private void leaveOut(String file, String reason) {
    leftOut.add(new LeftOut(file, reason, ExitCode.OK));
  }

  /** Looks at a file. */
  @FunctionalInterface
  private interface Look {
    void at(String file) throws IOException;
  }

  private void take(String file, Look look) {
    try {
      if (!Channel.isFileName(file)) {
        throw new UsageException(directory + ": a file whose name no channel can list: " + file);
      }
      look.at(file);
    } catch (ExpiredException e) {
      leaveOut(file, String.valueOf(e.getMessage()));
    } catch (IOException e) {
      leaveOut(file, e);
    }
  }

  private void image(String file) throws IOException {
    long size = Files.size(path(file));
    try (Bundle bundle = Bundle.open(FileSource.open(path(file)), trust)) {
      Channel.ImageFile image = described(file, bundle, size);
      for (Image other : images) {
        if (other.file.imageId().equals(image.imageId())) {
          leaveOut(file, path(file) + ": the same image as " + other.file.file());
          return;
        }
      }
      if (!before.images().contains(image)) {
        bundle.verify(threads, Progress.NONE);
        sync(file);
      }
      images.add(new Image(image, bundle.manifest().created()));
    }
  }

  private Channel.ImageFile described(String file, Bundle bundle, long size) throws UsageException {
    try {
      return Channel.ImageFile.of(file, bundle, size);
    } catch (IllegalArgumentException e) {
      throw new UsageException(path(file) + ": no channel can list it: " + e.getMessage());
    }
  }

  private void delta(String file) throws IOException {
    long size = Files.size(path(file));
    try (Delta delta = Delta.open(FileSource.open(path(file)), trust)) {
      String to = delta.manifest().to().imageId();
      if (images.stream().noneMatch(image -> image.file.imageId().equals(to))) {
        leaveOut(file, path(file) + ": leads to an image that isn't here");
        return;
      }
      Channel.DeltaFile described =
          new Channel.DeltaFile(file, delta.manifest().from().imageId(), to, size);
      if (!before.deltas().contains(described)) {
        delta.verify(threads, Progress.NONE);
        sync(file);
      }
      deltas.add(described);
    }
  }

  /** Whether there is any file of that name, whatever it is. */
  boolean isTaken(String file) {
    return Files.exists(path(file), LinkOption.NOFOLLOW_LINKS);
  }

  /** Names of those that are wrong. */
  Set<String> wrong() {
    Set<String> names = new HashSet<>();
    leftOut.stream().filter(file -> file.code != ExitCode.OK).forEach(f -> names.add(f.file));
    return names;
  }

  /** Whoever copied it here may not have; the description mustn't be on disk before it. */
  private void sync(String file) throws IOException {
    try (FileChannel channel = FileChannel.open(path(file), StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
