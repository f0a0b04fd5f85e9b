package dev.tiu.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is kept of images that proved unfit, in a file beside the snapshots, so that it outlives
 * them: {@code @/.snapshots/.tiu-rejected}, a line each with the image's id, the snapshot's number,
 * the version and the reason, separated by tabs; the latest last.
 */
final class Rejections {
  static final BytePath FILE = BytePath.of(".tiu-rejected");

  private static final int LIMIT = 1 << 20;

  /** A device that was given as many bad images as that has other troubles. */
  private static final int MOST = 200;

  private final Dir directory;

  Rejections(Dir directory) {
    this.directory = directory;
  }

  /** The latest of that image. */
  Optional<Rejection> find(String imageId) throws IOException {
    return read().stream().filter(r -> r.image().id().equals(imageId)).reduce((a, b) -> b);
  }

  void add(Rejection rejection) throws IOException {
    List<Rejection> all = new ArrayList<>(read());
    all.removeIf(r -> r.image().id().equals(rejection.image().id()));
    all.add(rejection);
    write(all.subList(Math.max(0, all.size() - MOST), all.size()));
  }

  /** The image is fit after all. */
  void remove(String imageId) throws IOException {
    List<Rejection> all = read();
    List<Rejection> others = all.stream().filter(r -> !r.image().id().equals(imageId)).toList();
    if (others.size() < all.size()) {
      write(others);
    }
  }

  private List<Rejection> read() throws IOException {
    if (directory.find(FILE).isEmpty()) {
      return List.of();
    }
    String text = new String(directory.readAll(FILE, LIMIT), UTF_8);
    return text.lines().flatMap(line -> parse(line).stream()).toList();
  }

  /** A line that a later tiu, or nobody, understands is left out. */
  private static Optional<Rejection> parse(String line) {
    String[] fields = line.split("\t", 4);
    if (fields.length < 4
        || !fields[0].matches("[0-9a-f]{64}")
        || !fields[1].matches("[0-9]{1,9}")) {
      return Optional.empty();
    }
    ImageReference image = new ImageReference(fields[0], fields[2]);
    return Optional.of(new Rejection(image, Integer.parseInt(fields[1]), fields[3]));
  }

  private void write(List<Rejection> all) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Rejection rejection : all) {
      text.append(rejection.image().id()).append('\t');
      text.append(rejection.snapshot()).append('\t');
      text.append(rejection.image().version().replaceAll("\\p{Cntrl}", " ")).append('\t');
      text.append(rejection.reason()).append('\n');
    }
    directory.writeAtomically(FILE, text.toString().getBytes(UTF_8), 0644);
  }
}
