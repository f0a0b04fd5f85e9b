package dev.tiu.bundle;

import dev.tiu.linux.Command;
import dev.tiu.verity.DevelopmentKeys;
import dev.tiu.verity.Keyring;
import dev.tiu.verity.Signer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** Keys, specifications and shells for tests that make bundles. */
final class BundleKit {
  static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  final Path directory;
  final Path keys;
  final List<String> notes = Collections.synchronizedList(new ArrayList<>());

  BundleKit(Path directory) throws IOException {
    this.directory = directory;
    this.keys = directory.resolve("keys");
    DevelopmentKeys.create(keys, Optional.empty(), NOW.minusSeconds(60), new SecureRandom());
  }

  Signer signer() throws IOException {
    return Signer.load(
        keys.resolve("signer.key.pem"),
        keys.resolve("signer.crt.pem"),
        List.of(),
        Optional.empty());
  }

  Trust trust() throws IOException {
    return Trust.signed(Keyring.load(keys.resolve("ca.crt.pem")), NOW);
  }

  static BundleSpec spec(String compression, String... kept) {
    return new BundleSpec(
        List.of("test,*"),
        new Version("1.0"),
        Optional.empty(),
        Optional.empty(),
        Optional.of("x86_64"),
        Instant.ofEpochSecond(1_700_000_000),
        Compression.parse(compression),
        BlockSize.DEFAULT,
        List.of(kept));
  }

  BundleWriter writer(BundleSpec spec) throws IOException {
    CreateListener listener =
        new CreateListener() {
          @Override
          public void note(Note note) {
            notes.add(note.toString());
          }

          @Override
          public void at(Stage stage, long done, long total) {}
        };
    return new BundleWriter(spec, List.of(signer()), NOW, 2, listener);
  }

  Manifest pack(BundleSpec spec, Path tree, Path output) throws IOException {
    return writer(spec).writeDirectory(tree, output);
  }

  Manifest packTar(BundleSpec spec, Path archive, Path output) throws IOException {
    try (InputStream in = Files.newInputStream(archive)) {
      return writer(spec).writeTar(in, archive.toString(), output);
    }
  }

  Bundle open(Path bundle) throws IOException {
    return Bundle.open(FileSource.open(bundle), trust());
  }

  /** Runs a shell script that ends at its first failure, and gives what it prints. */
  static String shell(Path directory, String script) throws IOException {
    return Command.of("bash", "-euc", script)
        .directory(directory)
        .timeLimit(Duration.ofMinutes(2))
        .run()
        .text();
  }
}
