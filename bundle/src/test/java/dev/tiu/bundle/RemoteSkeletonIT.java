package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.bundle.http.HttpSource;
import dev.tiu.bundle.http.Transfer;
import dev.tiu.bundle.http.Transferred;
import dev.tiu.bundle.http.testing.TestServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle on a server and its skeleton: what is fetched for it, and what it saves. */
final class RemoteSkeletonIT {
  @TempDir private Path directory;
  private BundleKit kit;
  private Path bundle;
  private TestServer server;

  /** 3,000 small files of what can't be compressed: metadata and data of some megabytes. */
  @BeforeEach
  void pack() throws IOException {
    kit = new BundleKit(directory);
    BundleKit.shell(
        directory,
        "mkdir -p tree/usr/lib && head -c 12288000 /dev/urandom"
            + " | split -b 4096 -a 4 -d - tree/usr/lib/");
    bundle = directory.resolve("os.tiu");
    kit.pack(BundleKit.spec("zstd:1"), directory.resolve("tree"), bundle);
    server = TestServer.serving(Files.readAllBytes(bundle));
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  private HttpSource remote() throws IOException {
    return HttpSource.open(server.uri(), Transfer.of(directory.resolve("cache"), "tiu/test"));
  }

  private Path skeleton(Bundle of, String name) throws IOException {
    Path file = directory.resolve(name);
    try (FileChannel out =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      of.writeSkeleton(out);
    }
    return file;
  }

  @Test
  void description_takes_five_requests_and_the_skeleton_no_more() throws IOException {
    Path local;
    try (Bundle whole = kit.open(bundle)) {
      local = skeleton(whole, "local");
    }
    HttpSource source = remote();
    try (Bundle open = Bundle.open(source, kit.trust())) {
      open.readDescription();
      Transferred described = source.transferred();
      assertThat(described.requests()).isLessThanOrEqualTo(5);
      assertThat(described.bytes()).isLessThan(Files.size(bundle) / 20);

      assertThat(skeleton(open, "remote")).hasSameBinaryContentAs(local);
      // Of a request that was made, the end may still come when nobody waits for it any more.
      assertThat(source.transferred().requests()).isEqualTo(described.requests());
    }
  }

  @Test
  void skeleton_of_an_earlier_run_stands_in_for_what_it_has() throws IOException {
    Path kept;
    try (Bundle whole = kit.open(bundle)) {
      kept = skeleton(whole, "kept");
    }
    HttpSource source = remote();
    try (Bundle open = Bundle.open(source, kit.trust())) {
      assertThat(open.useSkeleton(FileSource.open(kept))).isTrue();
      open.readDescription();
      open.expect(open.image().metadataRanges());
      assertThat(open.tree().entries()).hasSize(3003);
      assertThat(skeleton(open, "again")).hasSameBinaryContentAs(kept);
      // The end, and what was announced at the opening.
      assertThat(source.transferred().requests()).isLessThanOrEqualTo(3);
    }
  }

  @Test
  void damaged_or_other_skeleton_is_of_no_use_and_does_no_harm() throws IOException {
    Path damaged;
    Path other;
    try (Bundle whole = kit.open(bundle)) {
      damaged = skeleton(whole, "damaged");
      try (FileChannel out = FileChannel.open(damaged, StandardOpenOption.WRITE)) {
        out.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), whole.manifest().contentTable().offset());
      }
    }
    Path otherBundle = directory.resolve("other.tiu");
    kit.pack(BundleKit.spec("gzip"), directory.resolve("tree"), otherBundle);
    try (Bundle whole = kit.open(otherBundle)) {
      other = skeleton(whole, "other");
    }
    try (Bundle open = Bundle.open(remote(), kit.trust())) {
      assertThat(open.useSkeleton(FileSource.open(damaged))).isFalse();
      assertThat(open.useSkeleton(FileSource.open(other))).isFalse();
      assertThat(open.tree().entries()).hasSize(3003);
    }
  }
}
