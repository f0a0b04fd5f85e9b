package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.RootPromotion;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Makes the squashfs from a tree. */
final class ImageBuilder {
  /** Where the tree lies in the stream, so that its root is an entry like all others. */
  private static final BytePath TOP = BytePath.of("r");

  private final BundleSpec spec;
  private final Optional<ContentOrder> order;
  private final int threads;
  private final CreateListener listener;

  /**
   * A builder of images.
   *
   * @param order which the contents shall follow; without one they follow the source
   * @param threads for hashing
   */
  ImageBuilder(
      BundleSpec spec, Optional<ContentOrder> order, int threads, CreateListener listener) {
    this.spec = spec;
    this.order = order;
    this.threads = threads;
    this.listener = listener;
  }

  /**
   * Writes the image, and says what must be in it.
   *
   * @param image the file to write
   * @param output what it will be called
   */
  Map<BytePath, TarFeed.Packed> build(TreeSource source, Path image, Path output)
      throws IOException {
    Map<BytePath, TarFeed.Packed> fed =
        order.isEmpty()
            ? run(source, image, feed -> walk(source, feed))
            : buildArranged(source, image, output, order.get());
    promote(image, fed);
    return fed;
  }

  private Map<BytePath, TarFeed.Packed> buildArranged(
      TreeSource source, Path image, Path output, ContentOrder order) throws IOException {
    try (ContentSpool spool = new ContentSpool(output)) {
      Arrangement arrangement =
          new Arrangement(source.name(), order, spec.blockSize().bytes(), spool);
      walk(source, arrangement);
      return run(source, image, arrangement.arrange(threads)::feed);
    }
  }

  private void walk(TreeSource source, TreeSink sink) throws IOException {
    long created = spec.created().getEpochSecond();
    ImageFilter filter = new ImageFilter(spec.kept());
    SysimageMove move =
        new SysimageMove(source.name(), ImageOwned.with(spec.imageOwned()), listener, sink);
    TreeFeed feed = new TreeFeed(source.name(), filter, created, listener, move);
    source.walk(feed);
    feed.finish();
    move.finish();
  }

  /** Feeds a tree. */
  @FunctionalInterface
  private interface Feeder {
    void feed(TarFeed feed) throws IOException;
  }

  private Map<BytePath, TarFeed.Packed> run(TreeSource source, Path image, Feeder feeder)
      throws IOException {
    Map<BytePath, TarFeed.Packed> fed = new ConcurrentHashMap<>();
    Mksquashfs.run(
        spec,
        image,
        out -> {
          TarFeed feed = new TarFeed(source.name(), listener, new TarWriter(out, TOP));
          feeder.feed(feed);
          feed.finish();
          fed.putAll(feed.packed());
        });
    return fed;
  }

  private static void promote(Path image, Map<BytePath, TarFeed.Packed> fed) throws IOException {
    try (FileChannel file =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // One inode more than there will be: the root that is taken away.
      RootPromotion.promote(
          file,
          TOP,
          ids(fed),
          ImageReader.limits(Manifest.MAX_INODES + 1, Runtime.getRuntime().maxMemory()));
    }
  }

  private static Set<Integer> ids(Map<BytePath, TarFeed.Packed> fed) {
    Set<Integer> ids = new HashSet<>();
    for (TarFeed.Packed packed : fed.values()) {
      if (packed.entry().hardLink().isEmpty()) {
        ids.add(packed.entry().uid());
        ids.add(packed.entry().gid());
      }
    }
    return ids;
  }
}
