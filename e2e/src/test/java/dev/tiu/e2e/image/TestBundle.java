package dev.tiu.e2e.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A signed image of a {@link RootTree}.
 *
 * @param directory with {@code os.tiu}, and in {@code keys/} what signed it
 */
public record TestBundle(RootTree root, Path directory, String key) {
  /** What the devices call themselves. */
  public static final String DEVICE = "machine";

  /** Version 1, from the cache or made. */
  public static TestBundle of(RootTree root) throws IOException {
    TiuProgram tiu = TiuProgram.built();
    List<String> inputs = List.of(root.key(), tiu.key(), arguments(root));
    String name = "bundle-" + root.architecture().debian();
    Path directory = Cache.ofUser().get(name, "", inputs, part -> make(tiu, root, part));
    return new TestBundle(root, directory, String.join("\n", inputs));
  }

  private static void make(TiuProgram tiu, RootTree root, Path part) throws IOException {
    Path keys = Files.createDirectories(part).resolve("keys");
    tiu.run("key", "init", keys.toString());
    tiu.run(
        "create",
        "--tar",
        root.archive().toString(),
        "--output",
        part.resolve("os.tiu").toString(),
        "--compatible",
        DEVICE,
        "--version",
        "1",
        "--kernel-arguments",
        arguments(root),
        // Made and read once: what packs quickly and is unpacked by an emulated processor.
        "--compression",
        "zstd:3",
        "--key",
        keys.resolve("signer.key.pem").toString(),
        "--cert",
        keys.resolve("signer.crt.pem").toString());
  }

  /** So that a test sees what the kernel says. */
  private static String arguments(RootTree root) {
    return "console=" + root.architecture().console();
  }

  public Path file() {
    return directory.resolve("os.tiu");
  }

  /** The certificate that devices trust. */
  public Path keyring() {
    return directory.resolve("keys/ca.crt.pem");
  }
}
