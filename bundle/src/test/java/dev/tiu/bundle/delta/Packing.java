package dev.tiu.bundle.delta;

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
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Keys in a directory, and bundles beside them. */
final class Packing {
  private final Path directory;
  private final Instant now;

  Packing(Path directory, Instant now) throws IOException {
    this.directory = directory;
    this.now = now;
    DevelopmentKeys.create(
        directory.resolve("keys"), Optional.empty(), now.minusSeconds(60), new SecureRandom());
  }

  Path pack(Path tree, String version, String architecture) throws IOException {
    BundleSpec spec =
        new BundleSpec(
            List.of("test"),
            new Version(version),
            Optional.empty(),
            Optional.empty(),
            Optional.of(architecture),
            Instant.ofEpochSecond(1_700_000_000),
            Compression.parse("zstd:3"),
            BlockSize.DEFAULT,
            List.of());
    CreateListener listener =
        new CreateListener() {
          @Override
          public void note(Note note) {}

          @Override
          public void at(Stage stage, long done, long total) {}
        };
    Path bundle = directory.resolve(version + architecture + ".tiu");
    new BundleWriter(spec, List.of(signer()), now, 2, listener).writeDirectory(tree, bundle);
    return bundle;
  }

  Signer signer() throws IOException {
    Path keys = directory.resolve("keys");
    return Signer.load(
        keys.resolve("signer.key.pem"),
        keys.resolve("signer.crt.pem"),
        List.of(),
        Optional.empty());
  }

  Trust trust() throws IOException {
    return Trust.signed(Keyring.load(directory.resolve("keys/ca.crt.pem")), now);
  }

  Bundle open(Path file) throws IOException {
    return Bundle.open(FileSource.open(file), trust());
  }
}
