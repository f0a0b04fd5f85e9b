package dev.tiu.bundle;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * Writes the committed seeds anew; runs only when asked for by name ({@code
 * -Dtest=FuzzSeedWriter}), as its name isn't a test's. Needs mksquashfs.
 */
final class FuzzSeedWriter {
  static final int TAR_ENTRIES = 7;

  @TempDir Path dir;

  @Test
  void trailer() throws IOException {
    byte[] file = Arrays.copyOf(new byte[0], 40 + Trailer.SIZE);
    System.arraycopy(new Trailer(8, 32).toBytes(), 0, file, 40, Trailer.SIZE);
    FuzzSeeds.write(TrailerFuzzTest.class, "parse", "short", file);
  }

  @Test
  void manifest() throws IOException {
    FuzzSeeds.write(ManifestFuzzTest.class, "parse", "full", ManifestTest.manifest().toJson());
  }

  @Test
  void channel() throws IOException {
    FuzzSeeds.write(ChannelJsonFuzzTest.class, "parse", "two", ChannelTest.CHANNEL.toJson());
  }

  /**
   * A tree with one of most things.
   *
   * <pre>
   * a         700 bytes, with an xattr
   * b         a hard link to a
   * etc/      with a default ACL
   * etc/s     sparse, 5000 bytes
   * l         a link to etc/s
   * null      character device 0:0
   * </pre>
   */
  private static byte[] tar() {
    return new TarBuilder()
        .directory("./")
        .pax("SCHILY.xattr.user.a", "b")
        .file("a", "text ".repeat(140))
        .hardLink("b", "a")
        .pax("SCHILY.acl.default", "user::rwx,group::r-x,other::r-x")
        .directory("etc")
        .pax("GNU.sparse.size", "5000")
        .pax("GNU.sparse.map", "1024,5,4096,4")
        .file("etc/s", "aaaaabbbb")
        .symlink("l", "etc/s")
        .entry("null", '3', "", "")
        .build();
  }

  @Test
  void archives() throws IOException {
    byte[] tar = tar();
    FuzzSeeds.write(TarSourceFuzzTest.class, "walk", "plain", tar);
    FuzzSeeds.write(TarSourceFuzzTest.class, "walk", "gzip", packed(tar, GZIPOutputStream::new));
    FuzzSeeds.write(TarSourceFuzzTest.class, "walk", "zstd", packed(tar, ZstdOutputStream::new));
    FuzzSeeds.write(
        TarSourceFuzzTest.class,
        "walk",
        "xz",
        packed(tar, out -> new XZOutputStream(out, new LZMA2Options(0))));
    FuzzSeeds.write(TarSourceFuzzTest.class, "walk_checked", "pax", tar);
    FuzzSeeds.write(TarSourceFuzzTest.class, "walk_checked", "gnu", gnuTar());
  }

  /** Long names, and sparse files in the oldest form and in version 1.0. */
  private static byte[] gnuTar() {
    byte[] sparse = TarBuilder.header("sparse", 'S', "", 3);
    put(sparse, TarHeader.OLD_SPARSE, "00000000002");
    put(sparse, TarHeader.OLD_SPARSE + 12, "00000000003");
    put(sparse, TarHeader.OLD_SPARSE_SIZE, "00000000011");
    return new TarBuilder()
        .entry("././@LongLink", 'L', "", "long/name\0")
        .raw(TarBuilder.checked(sparse))
        .raw(Arrays.copyOf(new byte[] {'a', 'b', 'c'}, TarHeader.SIZE))
        .pax("GNU.sparse.major", "1")
        .pax("GNU.sparse.minor", "0")
        .pax("GNU.sparse.realsize", "9")
        .file("inline", "1\n2\n3\n" + "\0".repeat(506) + "abc")
        .build();
  }

  private static void put(byte[] header, int offset, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, offset, bytes.length);
  }

  @FunctionalInterface
  private interface Packer {
    OutputStream open(OutputStream out) throws IOException;
  }

  private static byte[] packed(byte[] bytes, Packer packer) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = packer.open(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  @Test
  void bundles() throws IOException {
    Path archive = Files.write(dir.resolve("os.tar"), tar());
    Path file = dir.resolve("os.tiu");
    BundleKit kit = new BundleKit(dir);
    Manifest manifest = kit.packTar(BundleKit.spec("zstd:1"), archive, file);
    byte[] whole = Files.readAllBytes(file);
    FuzzSeeds.write(BundleFuzzTest.class, "open", "whole", whole);
    FuzzSeeds.write(
        BundleFuzzTest.class,
        "open_sealed",
        "image",
        Arrays.copyOf(whole, (int) manifest.image().bytesUsed()));
    Path skeleton = dir.resolve("skeleton");
    try (Bundle bundle = kit.open(file);
        FileChannel out =
            FileChannel.open(skeleton, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      bundle.writeSkeleton(out);
    }
    FuzzSeeds.write(BundleFuzzTest.class, "open", "skeleton", Files.readAllBytes(skeleton));
  }
}
