package dev.tiu;

import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.Channel;
import dev.tiu.bundle.ChannelException;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.PartialFile;
import dev.tiu.bundle.Trust;
import dev.tiu.bundle.Version;
import dev.tiu.bundle.delta.DeltaSummary;
import dev.tiu.bundle.delta.DeltaWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Makes a directory of bundles a channel: missing deltas first, then the description, which gets
 * its name when everything it lists is on disk. Nothing else in the directory is touched.
 */
final class Publication {
  private static final Comparator<PublishedFiles.Image> AGE =
      Comparator.<PublishedFiles.Image, Version>comparing(i -> i.file().version())
          .thenComparing(PublishedFiles.Image::created)
          .thenComparing(i -> i.file().file());

  private final Path directory;
  private final Trust trust;
  private final DeltaWriter writer;
  private final int deltas;
  private final int threads;
  private final Console console;

  /**
   * One run.
   *
   * @param deltas from how many earlier versions to the newest
   * @param console is told what is left out, and why
   */
  Publication(
      Path directory, Trust trust, DeltaWriter writer, int deltas, int threads, Console console) {
    this.directory = directory;
    this.trust = trust;
    this.writer = writer;
    this.deltas = deltas;
    this.threads = threads;
    this.console = console;
  }

  /** A delta that was made. */
  record Made(String file, String from, String to, long size, int patches) {}

  /**
   * What came out.
   *
   * @param changed whether the description was written anew
   */
  record Result(
      Channel channel, boolean changed, List<Made> made, List<PublishedFiles.LeftOut> leftOut) {
    /** The worst that can be said of it: what is wrong with the first file that is. */
    ExitCode code() {
      return leftOut.stream()
          .map(PublishedFiles.LeftOut::code)
          .filter(code -> code != ExitCode.OK)
          .findFirst()
          .orElse(ExitCode.OK);
    }
  }

  Result run() throws IOException {
    Path description = directory.resolve(Channel.FILE);
    byte[] present = Files.exists(description) ? Files.readAllBytes(description) : new byte[0];
    PublishedFiles files = PublishedFiles.read(directory, trust, before(present), threads);
    List<Made> made = new ArrayList<>();
    for (List<PublishedFiles.Image> line : lines(files.images())) {
      made.addAll(makeDeltas(files, line));
    }
    Channel channel = channel(files);
    byte[] json = channel.toJson();
    if (json.length > Channel.MAX_SIZE) {
      throw new UsageException(
          "%s: its description would have %d bytes, and no device reads more than %d. Take bundles out"
              .formatted(directory, json.length, Channel.MAX_SIZE));
    }
    boolean changed = !Arrays.equals(json, present);
    if (changed) {
      write(json, description);
    }
    return new Result(channel, changed, made, files.leftOut());
  }

  /** What is published now; a description that can't be read only means reading everything. */
  private Channel before(byte[] present) {
    if (present.length == 0) {
      return Channel.EMPTY;
    }
    try {
      return Channel.parse(present, directory.resolve(Channel.FILE).toString());
    } catch (ChannelException e) {
      console.note(e.getMessage() + ". It is made anew");
      return Channel.EMPTY;
    }
  }

  /** The images that follow each other on the same devices, each line from old to new. */
  private static List<List<PublishedFiles.Image>> lines(List<PublishedFiles.Image> images) {
    Map<List<Object>, List<PublishedFiles.Image>> lines = new LinkedHashMap<>();
    for (PublishedFiles.Image image : images) {
      List<Object> key =
          List.of(new TreeSet<>(image.file().compatible()), image.file().architecture());
      lines.computeIfAbsent(key, unused -> new ArrayList<>()).add(image);
    }
    lines.values().forEach(line -> line.sort(AGE));
    return List.copyOf(lines.values());
  }

  private List<Made> makeDeltas(PublishedFiles files, List<PublishedFiles.Image> line)
      throws IOException {
    Channel.ImageFile newest = line.get(line.size() - 1).file();
    List<Made> made = new ArrayList<>();
    for (int i = line.size() - 2; i >= Math.max(0, line.size() - 1 - deltas); i--) {
      Channel.ImageFile old = line.get(i).file();
      boolean present =
          files.deltas().stream()
              .anyMatch(d -> d.from().equals(old.imageId()) && d.to().equals(newest.imageId()));
      if (!present && newest.mayFollow(old.version())) {
        makeDelta(files, old, newest, made);
      }
    }
    return made;
  }

  private void makeDelta(
      PublishedFiles files, Channel.ImageFile old, Channel.ImageFile newest, List<Made> made)
      throws IOException {
    String name = name(files, old, newest);
    if (files.wrong().contains(name)) {
      console.note(
          "%s: it isn't replaced; remove it, and the next `tiu publish` makes it anew"
              .formatted(files.path(name)));
      return;
    }
    try (Bundle from = Bundle.open(FileSource.open(files.path(old.file())), trust);
        Bundle to = Bundle.open(FileSource.open(files.path(newest.file())), trust)) {
      DeltaSummary summary = writer.write(from, to, files.path(name));
      files.add(name);
      made.add(new Made(name, old.file(), newest.file(), summary.size(), summary.patches()));
    } catch (IOException e) {
      if (ExitCode.of(e) == ExitCode.NO_SPACE) {
        throw e;
      }
      files.leaveOut(name, e);
    }
  }

  /**
   * What the delta is called: by the bundles' names, or where a delta of other images has that name
   * already, by the images' IDs.
   */
  private static String name(
      PublishedFiles files, Channel.ImageFile old, Channel.ImageFile newest) {
    String name = stem(newest.file()) + ".from-" + stem(old.file()) + PublishedFiles.DELTA;
    boolean usable = Channel.isFileName(name) && !files.isTaken(name);
    return usable || files.wrong().contains(name)
        ? name
        : "%.16s.from-%.16s%s".formatted(newest.imageId(), old.imageId(), PublishedFiles.DELTA);
  }

  private static String stem(String file) {
    return file.substring(0, file.length() - PublishedFiles.BUNDLE.length());
  }

  private Channel channel(PublishedFiles files) throws UsageException {
    List<Channel.ImageFile> images =
        files.images().stream().sorted(AGE).map(PublishedFiles.Image::file).toList();
    List<Channel.DeltaFile> listed =
        files.deltas().stream().sorted(Comparator.comparing(Channel.DeltaFile::file)).toList();
    try {
      return new Channel(images, listed);
    } catch (IllegalArgumentException e) {
      throw new UsageException(directory + ": can't be one channel: " + e.getMessage());
    }
  }

  private static void write(byte[] json, Path description) throws IOException {
    try (PartialFile partial = PartialFile.create(description)) {
      try (FileChannel file =
          FileChannel.open(
              partial.path(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(json);
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
        file.force(true);
      }
      partial.commit();
    }
  }
}
