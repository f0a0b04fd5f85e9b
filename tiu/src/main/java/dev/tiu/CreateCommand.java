package dev.tiu;

import dev.tiu.boot.cmdline.CommandLine;
import dev.tiu.boot.cmdline.KernelArgument;
import dev.tiu.boot.cmdline.KernelArguments;
import dev.tiu.boot.initrd.InitrdPolicy;
import dev.tiu.bundle.BlockSize;
import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.BundleSpec;
import dev.tiu.bundle.BundleWriter;
import dev.tiu.bundle.Compression;
import dev.tiu.bundle.ContentOrder;
import dev.tiu.bundle.CreateListener;
import dev.tiu.bundle.EtcPolicy;
import dev.tiu.bundle.FileSource;
import dev.tiu.bundle.Manifest;
import dev.tiu.bundle.Note;
import dev.tiu.bundle.Trust;
import dev.tiu.bundle.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code tiu create}. */
@Command(
    name = "create",
    description = "Pack a root tree into a signed bundle.",
    footer = {
      "",
      "SOURCE_DATE_EPOCH in the environment is the bundle's time, in seconds since 1970: with it,"
          + " the same tree gives the same bytes up to the signature."
    })
final class CreateCommand implements Callable<Integer> {
  private final Context context;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  private boolean unusedHelp; // picocli alone looks at it

  /** What is packed: one of the two. */
  static final class Input {
    @Option(
        names = "--rootfs",
        required = true,
        paramLabel = "DIR",
        description = "The root tree as a directory. Only root can read all of one.")
    private Optional<Path> rootfs = Optional.empty();

    @Option(
        names = "--tar",
        required = true,
        paramLabel = "FILE|-",
        description =
            "The root tree as a tar archive, plain or compressed by gzip, xz or zstd; - is"
                + " standard input. Needs no root.")
    private Optional<String> tar = Optional.empty();
  }

  @ArgGroup(multiplicity = "1")
  private Input input;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "The bundle to make, os.tiu. What is there is replaced at the end.")
  private Path output;

  @Mixin private SignerOptions signers;

  @Option(
      names = "--compatible",
      required = true,
      paramLabel = "PATTERN",
      description =
          "Name of the devices that it is for; * and ? stand for any characters. May be repeated.")
  private List<String> compatible;

  @Option(
      names = "--version",
      required = true,
      paramLabel = "V",
      description = "The image's version; a device doesn't go back by itself.")
  private Version version;

  @Option(
      names = "--min-version",
      paramLabel = "V",
      description = "The oldest version that may be updated to this one.")
  private Optional<Version> minVersion = Optional.empty();

  @Option(
      names = "--compression",
      paramLabel = "NAME[:LEVEL]",
      description =
          "zstd, xz, gzip or lz4; zstd takes a level from 1 to 22, gzip from 1 to 9 (default:"
              + " zstd:15).")
  private Optional<Compression> compression = Optional.empty();

  @Option(
      names = "--block-size",
      paramLabel = "SIZE",
      description =
          "How much is compressed at once, 4K to 1M. Larger is smaller in total, but slower to"
              + " read in pieces (default: 128K).")
  private Optional<BlockSize> blockSize = Optional.empty();

  @Option(
      names = "--keep",
      paramLabel = "GLOB",
      description =
          "Pack these paths though they are left out of images as a rule: * is any name or part of"
              + " one, ** any path. May be repeated.")
  private List<String> keep = List.of();

  @Option(
      names = "--image-owned",
      paramLabel = "PATH",
      description =
          "Pack this path of /var under /usr/lib/sysimage, with a link in its place, so that it goes"
              + " with the image and not with the device; as is done with the databases of dpkg and"
              + " rpm, alternatives and the SELinux policy. May be repeated.")
  private List<ImagePath> imageOwned = List.of();

  @Option(
      names = "--etc-policy",
      paramLabel = "GLOB=POLICY",
      description =
          "What becomes of these paths below /etc when a device is updated: local, image, merge,"
              + " pinned, regenerate or carry. A device's own configuration comes before it. May be"
              + " repeated; the last that means a path counts.")
  private List<EtcPolicy> etcPolicies = List.of();

  @Option(
      names = "--initrd",
      paramLabel = "POLICY",
      description =
          "Where devices take the initrd from: regenerate (they make it), image (it lies in the"
              + " tree, and is packed) or none (the kernel needs none). Default: as the device has"
              + " it, which is to make it.")
  private Optional<InitrdPolicy> initrd = Optional.empty();

  @Option(
      names = "--kernel-arguments",
      paramLabel = "ARGUMENTS",
      description =
          "What the kernel's command line has beside what finds the root, in one text, quoted as the"
              + " kernel wants it: 'console=ttyS0 quiet'.")
  private Optional<KernelArguments> kernelArguments = Optional.empty();

  @Option(
      names = "--expires",
      paramLabel = "DATE",
      description =
          "The last day (UTC), 2027-01-31, or the moment, 2027-01-31T12:00:00Z, at which devices"
              + " still accept it.")
  private Optional<Expiry> expires = Optional.empty();

  @Option(
      names = "--architecture",
      paramLabel = "A",
      description =
          "As `uname -m` says it on the device (default: what the tree's programs are made for).")
  private Optional<String> architecture = Optional.empty();

  @Option(
      names = "--previous",
      paramLabel = "OLD.tiu",
      description =
          "The image before this one. What it doesn't have is laid together, at the end, so that"
              + " devices download it in few pieces. Reads the tree twice.")
  private Optional<Path> previous = Optional.empty();

  CreateCommand(Context context) {
    this.context = context;
  }

  @Override
  public Integer call() throws IOException {
    BundleSpec spec = spec();
    Instant now = context.clock().instant();
    BundleWriter writer =
        new BundleWriter(
            spec, signers.load(), now, Runtime.getRuntime().availableProcessors(), listener());
    Manifest manifest = write(previous.isPresent() ? following(writer, previous.get()) : writer);
    context
        .console()
        .print(
            "Made %s: %s, for %s on %s; %s of files in %s"
                .formatted(
                    output,
                    Descriptions.of(manifest),
                    String.join(", ", manifest.compatible()),
                    manifest.architecture(),
                    Console.size(manifest.image().uncompressedBytes()),
                    Console.size(Files.size(output))));
    if (expires.isPresent() && expires.get().instant().isBefore(now)) {
      context.console().note("It has expired already: no device will accept it.");
    }
    return ExitCode.OK.number();
  }

  /**
   * Whose signature the earlier image has doesn't matter: it only gives an order, and any order
   * makes the same tree.
   */
  private static BundleWriter following(BundleWriter writer, Path previous) throws IOException {
    Trust trust = Trust.insecureWithoutSignature();
    try (Bundle bundle = Bundle.open(FileSource.open(previous), trust)) {
      return writer.following(ContentOrder.of(bundle));
    }
  }

  private BundleSpec spec() throws IOException {
    try {
      return new BundleSpec(
          compatible,
          version,
          minVersion,
          expires.map(Expiry::instant),
          architecture,
          created(),
          compression.orElse(Compression.DEFAULT),
          blockSize.orElse(BlockSize.DEFAULT),
          keep,
          imageOwned.stream().map(ImagePath::path).toList(),
          etcPolicies,
          boot());
    } catch (IllegalArgumentException e) {
      throw new UsageException(String.valueOf(e.getMessage()));
    }
  }

  private Manifest.Boot boot() {
    for (KernelArgument argument : kernelArguments.orElse(KernelArguments.NONE).list()) {
      if (CommandLine.isOwn(argument)) {
        throw new IllegalArgumentException(
            "--kernel-arguments: each device says %s itself; leave it out".formatted(argument));
      }
    }
    return new Manifest.Boot(
        initrd.map(InitrdPolicy::setting),
        kernelArguments.map(KernelArguments::toString).filter(text -> !text.isEmpty()));
  }

  private Instant created() throws IOException {
    String epoch = context.environment().get("SOURCE_DATE_EPOCH");
    if (epoch == null || epoch.isEmpty()) {
      return context.clock().instant();
    }
    // Eleven digits are more than squashfs can store, and less than overflows.
    if (!epoch.matches("[0-9]{1,11}")) {
      throw new UsageException(
          "SOURCE_DATE_EPOCH is \"%s\", not a number of seconds since 1970".formatted(epoch));
    }
    return Instant.ofEpochSecond(Long.parseLong(epoch));
  }

  private Manifest write(BundleWriter writer) throws IOException {
    if (input.rootfs.isPresent()) {
      requireOutside(input.rootfs.get());
      return writer.writeDirectory(input.rootfs.get(), output);
    }
    String tar = input.tar.orElseThrow();
    if (tar.equals("-")) {
      return writer.writeTar(context.in(), "standard input", output);
    }
    return writer.writeTar(Path.of(tar), output);
  }

  /** An unfinished bundle in the tree would be packed into itself. */
  private void requireOutside(Path rootfs) throws IOException {
    Path directory = output.toAbsolutePath().getParent();
    if (directory != null
        && Files.isDirectory(directory)
        && Files.isDirectory(rootfs)
        && directory.toRealPath().startsWith(rootfs.toRealPath())) {
      throw new UsageException(
          "%s lies in %s, the tree to pack; name a file outside of it".formatted(output, rootfs));
    }
  }

  private CreateListener listener() {
    return new CreateListener() {
      @Override
      public void note(Note note) {
        context.console().note(note.toString());
      }

      @Override
      public void at(Stage stage, long done, long total) {}
    };
  }
}
