package dev.tiu.bench;

import dev.tiu.bundle.BlockSize;
import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.BundleSpec;
import dev.tiu.bundle.BundleWriter;
import dev.tiu.bundle.Compression;
import dev.tiu.bundle.CreateListener;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.Note;
import dev.tiu.bundle.Trust;
import dev.tiu.bundle.Version;
import dev.tiu.verity.DevelopmentKeys;
import dev.tiu.verity.Keyring;
import dev.tiu.verity.Signer;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/**
 * Two versions of a made-up system, as bundles in a temporary directory.
 *
 * <pre>
 * etc/setting           another in each version
 * usr/large             32 MiB, half of it random
 * usr/D/N               files of 1 to 4000 bytes, 50 to a directory
 * usr/0/0 … usr/0/19    others in each version
 * </pre>
 */
final class SampleBundles implements AutoCloseable {
  static final int LARGE_MEBIBYTES = 32;

  private static final int PER_DIRECTORY = 50;
  private static final int CHANGED = 20;

  private final Path directory;
  private final Random random = new Random(1);
  private final Bundle base;
  private final Bundle target;

  private SampleBundles(Path directory, int files) throws IOException {
    this.directory = directory;
    Path tree = Files.createDirectories(directory.resolve("tree"));
    write(tree.resolve("usr/large"), compressible());
    for (int file = 0; file < files; file++) {
      writeSmall(tree, file);
    }
    DevelopmentKeys.create(
        directory.resolve("keys"), Optional.empty(), Instant.now(), new SecureRandom());
    pack(tree, 1);
    for (int file = 0; file < CHANGED; file++) {
      writeSmall(tree, file);
    }
    pack(tree, 2);
    base = open(1);
    target = open(2);
  }

  /** Makes both, and leaves nothing but what {@link #close} removes. */
  static SampleBundles make(int files) throws IOException {
    return new SampleBundles(Files.createTempDirectory("tiu-bench"), files);
  }

  Bundle base() {
    return base;
  }

  Bundle target() {
    return target;
  }

  private byte[] compressible() {
    byte[] content = new byte[LARGE_MEBIBYTES << 20];
    random.nextBytes(content);
    for (int i = 0; i < content.length; i += 2) {
      content[i] = 0;
    }
    return content;
  }

  private void writeSmall(Path tree, int file) throws IOException {
    byte[] content = new byte[1 + random.nextInt(4000)];
    random.nextBytes(content);
    write(tree.resolve("usr/" + file / PER_DIRECTORY + "/" + file % PER_DIRECTORY), content);
  }

  private static void write(Path file, byte[] content) throws IOException {
    Files.createDirectories(file.resolveSibling(".").normalize());
    Files.write(file, content);
  }

  private void pack(Path tree, int version) throws IOException {
    write(tree.resolve("etc/setting"), new byte[] {(byte) version});
    BundleSpec spec =
        new BundleSpec(
            List.of("*"),
            new Version(Integer.toString(version)),
            Optional.empty(),
            Optional.empty(),
            Optional.of("x86_64"),
            Instant.EPOCH,
            new Compression(Compression.Kind.ZSTD, 1),
            BlockSize.DEFAULT,
            List.of());
    Signer signer =
        Signer.load(
            directory.resolve("keys/signer.key.pem"),
            directory.resolve("keys/signer.crt.pem"),
            List.of(),
            Optional.empty());
    new BundleWriter(spec, List.of(signer), Instant.now(), 2, new Quiet())
        .writeDirectory(tree, file(version));
  }

  private static final class Quiet implements CreateListener {
    @Override
    public void note(Note note) {}

    @Override
    public void at(Stage stage, long done, long total) {}
  }

  private Path file(int version) {
    return directory.resolve(version + ".tiu");
  }

  Bundle open(int version) throws IOException {
    Keyring keyring = Keyring.load(directory.resolve("keys/ca.crt.pem"));
    return Bundle.open(FileSource.open(file(version)), new Trust.Signed(keyring, Instant.now()));
  }

  @Override
  public void close() throws IOException {
    base.close();
    target.close();
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, IOException failure)
              throws IOException {
            Files.delete(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }
}
