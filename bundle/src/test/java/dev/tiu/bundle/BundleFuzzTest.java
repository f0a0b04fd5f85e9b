package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.tiu.bundle.squashfs.Inode.RegularFile;
import dev.tiu.bundle.squashfs.SquashfsException;
import dev.tiu.bundle.squashfs.Tree;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any bytes can be read as a bundle, or fail as declared; without looking at the signature, which
 * otherwise stops everything.
 */
final class BundleFuzzTest {
  private static final long MODEST = 4 << 20;

  @TempDir static Path directory;
  private static Seal seal;

  @BeforeAll
  static void makeKeys() throws IOException {
    seal = new Seal(new BundleKit(directory).signer());
  }

  /** Whether reading all files doesn't take long: a few bytes can unpack to terabytes. */
  static boolean isModest(Tree tree) {
    long left = MODEST;
    for (var inode : tree.entries().values()) {
      if (inode instanceof RegularFile file) {
        left -= Math.min(MODEST, file.size());
      }
    }
    return left >= 0;
  }

  private static void readAll(byte[] bytes) throws IOException {
    try (Bundle bundle = Bundle.open(new MemorySource(bytes), Trust.insecureWithoutSignature())) {
      bundle.contentTable();
      if (isModest(bundle.tree())) {
        bundle.verify(1, Progress.NONE);
      }
    }
  }

  private static void readSkeleton(byte[] bytes) throws IOException {
    try (Bundle bundle =
        Bundle.openSkeleton(new MemorySource(bytes), Trust.insecureWithoutSignature())) {
      bundle.contentTable();
      bundle.tree();
    }
  }

  /** Reads; only failures that are declared and say where are let through. */
  private static boolean isRefused(Reading reading, byte[] bytes) throws IOException {
    try {
      reading.read(bytes);
      return false;
    } catch (BundleException | SkeletonException e) {
      assertThat(e).hasMessageStartingWith("fuzz: ");
      return true;
    } catch (SquashfsException e) {
      assertThat(e.structure()).isNotEmpty();
      return true;
    }
  }

  @FunctionalInterface
  private interface Reading {
    void read(byte[] bytes) throws IOException;
  }

  @FuzzTest
  void open(byte[] bytes) throws IOException {
    boolean unused = isRefused(BundleFuzzTest::readAll, bytes);
    unused = isRefused(BundleFuzzTest::readSkeleton, bytes);
  }

  /** Any image under a seal that fits it: what reads whole before reads whole and verifies. */
  @FuzzTest
  void open_sealed(byte[] image) throws IOException {
    byte[] bundle;
    try {
      bundle = seal.seal(image);
    } catch (SquashfsException e) {
      return;
    }
    boolean unused = isRefused(BundleFuzzTest::readAll, bundle);
    unused = isRefused(BundleFuzzTest::readSkeleton, bundle);
  }

  @Test
  void seeds_are_bundles() throws IOException {
    byte[] whole = FuzzSeeds.read(BundleFuzzTest.class, "open", "whole");
    assertThat(isRefused(BundleFuzzTest::readAll, whole)).isFalse();
    byte[] skeleton = FuzzSeeds.read(BundleFuzzTest.class, "open", "skeleton");
    assertThat(isRefused(BundleFuzzTest::readSkeleton, skeleton)).isFalse();
    byte[] image = FuzzSeeds.read(BundleFuzzTest.class, "open_sealed", "image");
    assertThat(isRefused(BundleFuzzTest::readAll, seal.seal(image))).isFalse();
  }
}
