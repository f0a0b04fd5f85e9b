package dev.tiu.snapshot;

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
import dev.tiu.linux.Command;
import dev.tiu.verity.DevelopmentKeys;
import dev.tiu.verity.Signer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Packs trees that shell scripts make into bundles. */
final class Images {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  private final Path directory;

  Images(Path directory) throws IOException {
    this.directory = directory;
    DevelopmentKeys.create(
        directory.resolve("keys"), Optional.empty(), NOW.minusSeconds(60), new SecureRandom());
  }

  /** An image of what the script makes in an empty directory; all times are the same. */
  Bundle pack(String name, String script) throws IOException {
    Path tree = Files.createDirectories(directory.resolve(name));
    Command.of("bash", "-euc", script + "\nfind . -exec touch -h -d @1700000000 {} +")
        .directory(tree)
        .run();
    Path file = directory.resolve(name + ".tiu");
    new BundleWriter(spec(), List.of(signer()), NOW, 1, new Silence()).writeDirectory(tree, file);
    return Bundle.open(FileSource.open(file), Trust.insecureWithoutSignature());
  }

  private Signer signer() throws IOException {
    return Signer.load(
        directory.resolve("keys/signer.key.pem"),
        directory.resolve("keys/signer.crt.pem"),
        List.of(),
        Optional.empty());
  }

  private static BundleSpec spec() {
    return new BundleSpec(
        List.of("test"),
        new Version("1"),
        Optional.empty(),
        Optional.empty(),
        Optional.of("x86_64"),
        Instant.ofEpochSecond(1_700_000_000),
        Compression.parse("zstd:1"),
        BlockSize.DEFAULT,
        List.of());
  }

  private static final class Silence implements CreateListener {
    @Override
    public void note(Note note) {}

    @Override
    public void at(Stage stage, long done, long total) {}
  }
}
