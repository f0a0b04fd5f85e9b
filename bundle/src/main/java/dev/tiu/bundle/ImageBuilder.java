package dev.tiu.bundle;

import dev.tiu.bundle.squashfs.RootPromotion;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Makes the squashfs from a tree. */
final class ImageBuilder {
  /** Where the tree lies in the stream, so that its root is an entry like all others. */
  private static final BytePath TOP = BytePath.of("r");

  private final BundleSpec spec;
  private final CreateListener listener;

  ImageBuilder(BundleSpec spec, CreateListener listener) {
    this.spec = spec;
    this.listener = listener;
  }

  /** Writes the image, and says what must be in it. */
  Map<BytePath, TreeFeed.Packed> build(TreeSource source, Path image) throws IOException {
    ImageFilter filter = new ImageFilter(spec.kept());
    long created = spec.created().getEpochSecond();
    Map<BytePath, TreeFeed.Packed> fed = new ConcurrentHashMap<>();
    Mksquashfs.run(
        spec,
        image,
        out -> {
          TarWriter tar = new TarWriter(out, TOP);
          TreeFeed feed = new TreeFeed(source.name(), filter, created, listener, tar);
          source.walk(feed);
          feed.finish();
          fed.putAll(feed.packed());
        });
    try (FileChannel file =
        FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      // One inode more than there will be: the root that is taken away.
      RootPromotion.promote(
          file,
          TOP,
          ids(fed),
          ImageReader.limits(Manifest.MAX_INODES + 1, Runtime.getRuntime().maxMemory()));
    }
    return fed;
  }

  private static Set<Integer> ids(Map<BytePath, TreeFeed.Packed> fed) {
    Set<Integer> ids = new HashSet<>();
    for (TreeFeed.Packed packed : fed.values()) {
      if (packed.entry().hardLink().isEmpty()) {
        ids.add(packed.entry().uid());
        ids.add(packed.entry().gid());
      }
    }
    return ids;
  }
}
