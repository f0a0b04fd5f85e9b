package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.linux.BytePath;
import dev.tiu.verity.Signer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Makes bundles from real trees, and asks tools that aren't ours what is in them. */
final class BundleWriterIT {
  /**
   * Something of everything.
   *
   * <pre>
   * tree/  (mode 2751, owner 7:8, old, with xattrs)
   *   bin/sh  bin/setuid  bin/capable       etc/acl (ACL)  etc/defaults/ (default ACL)
   *   etc/machine-id  etc/os-release        hard/a = hard/b = hard/deep/c   hard/link = hard/link2
   *   names/ (newline, bytes that aren't UTF-8, globs, 255 characters, a deep path)
   *   sizes/ (empty, one block, two and a bit, sparse, zeros)   special/ (fifo, devices)
   *   dev/null  run/x                                           usr/lib/modules/6.1, 6.12
   * </pre>
   */
  private static final String TREE =
      """
      mkdir -p tree/{bin,etc/defaults,hard/deep,names,sizes,special,dev,run,usr/lib/modules/6.{1,12}}
      cd tree
      cp /bin/true bin/sh; echo x > bin/setuid; chmod 6755 bin/setuid
      cp /bin/true bin/capable; setcap cap_net_raw+ep bin/capable
      printf 'ID=debian\\nVERSION_ID="12"\\nPRETTY_NAME="A \\\\"B\\\\""\\n' > etc/os-release
      echo 0123456789abcdef > etc/machine-id
      echo acl > etc/acl; setfacl -m u:1000:r,g:12:rw etc/acl
      setfacl -d -m u:1001:rwx etc/defaults
      setfattr -n user.text -v 'a value' etc/acl; setfattr -n trusted.t -v 0x00ff0a etc/acl
      setfattr -n security.selinux -v system_u:object_r:etc_t:s0 etc
      echo one > hard/a; ln hard/a hard/b; ln hard/a hard/deep/c
      ln -s 'a target' hard/link; ln hard/link hard/link2; chown -h 5:6 hard/link
      echo n > names/$'new\\nline'; echo b > names/$'\\xff\\xfe'; echo g > 'names/*?[a]\\"q" $'
      echo long > names/$(printf 'n%.0s' {1..255}); ln -s $(printf 't%.0s' {1..200}) names/far
      d=names; for i in 1 2 3; do d=$d/$(printf "d%.0s" {1..200}); mkdir $d; done; echo d > $d/f
      : > sizes/empty; head -c 131072 /dev/urandom > sizes/block
      head -c 300001 /dev/urandom > sizes/more; head -c 131073 /dev/zero > sizes/zeros
      truncate -s 20M sizes/sparse; echo end >> sizes/sparse
      mkfifo special/fifo; mknod special/char c 5 300; mknod special/block b 4095 1048575
      mknod dev/null c 1 3; echo x > run/x
      chown 4000000000:3000000 sizes/empty; chown 1234 sizes; chmod 1777 sizes
      touch -d @0 sizes/empty; touch -d @4000000000 sizes/block; touch -h -d @86400 hard/link
      setfattr -n user.root -v r .; setfattr -n security.selinux -v root .
      chown 7:8 .; chmod 2751 .; touch -d @1234567890 .
      """;

  /** Everything that must survive, in lines that name the path first. */
  private static final String ATTRIBUTES =
      """
      find . -mindepth 0 -printf '%P|%y|%m|%U|%G|%n|%Ts|%l|' \\( -type f -printf '%s' -o -true \\) \\
        -printf '\\0' | sort -z | tr '\\0' '\\1'
      find . -type f -print0 | sort -z | xargs -0 sha256sum -z | tr '\\0' '\\1'
      find . \\( -type b -o -type c \\) -exec stat -c '%n %t %T' {} + | sort
      """;

  private static final String XATTRS =
      """
      getfattr -R -P -h -d -e hex -m '^(user|trusted|security)[.]' . \\
        | awk '/^# file/ {f = $0} /^[a-z]/ && !/[.]tiu[.]/ {print f, $0}' | sort
      """;

  private static final String LISTING = ATTRIBUTES + XATTRS;

  @TempDir private Path directory;
  private BundleKit kit;
  private Path tree;

  @BeforeEach
  void makeTree() throws IOException {
    kit = new BundleKit(directory);
    BundleKit.shell(directory, TREE);
    tree = directory.resolve("tree");
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  private String mounted(Path bundle, String script) throws IOException {
    Path mount = Files.createDirectories(path("mount"));
    BundleKit.shell(directory, "mount -o loop,ro -t squashfs " + bundle + " mount");
    try {
      return BundleKit.shell(mount, script);
    } finally {
      BundleKit.shell(directory, "umount mount");
    }
  }

  @Test
  void kernel_finds_the_tree_exactly_as_it_was() throws Exception {
    for (String compression : List.of("zstd:3", "xz", "gzip:1", "lz4:1")) {
      Path bundle = path(compression.replace(':', '-') + ".tiu");
      kit.pack(BundleKit.spec(compression, "dev/**", "run/**", "etc/machine-id"), tree, bundle);
      assertThat(mounted(bundle, LISTING))
          .as(compression)
          .isEqualTo(BundleKit.shell(tree, LISTING));
    }
  }

  @Test
  void acls_are_carried_and_get_their_names_back() throws Exception {
    Path bundle = path("os.tiu");
    kit.pack(BundleKit.spec("zstd:1"), tree, bundle);
    try (Bundle open = kit.open(bundle)) {
      for (String name : List.of("etc/acl access", "etc/defaults default")) {
        String file = name.split(" ", -1)[0];
        String attribute = "system.posix_acl_" + name.split(" ", -1)[1];
        Inode inode = open.tree().get(BytePath.of(file)).orElseThrow();
        String expected =
            BundleKit.shell(
                tree,
                "getfattr -e hex --only-values -n "
                    + attribute
                    + " "
                    + file
                    + " | xxd -p | tr -d '\\n'");
        assertThat(Acl.restored(inode.xattrs())).containsKey(attribute);
        assertThat(HexFormat.of().formatHex(Acl.restored(inode.xattrs()).get(attribute)))
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void other_tools_agree() throws Exception {
    Path bundle = path("os.tiu");
    Manifest manifest = kit.pack(BundleKit.spec("zstd:3"), tree, bundle);
    Manifest.Verity verity = manifest.verity();
    BundleKit.shell(
        directory,
        "veritysetup verify os.tiu os.tiu "
            + verity.rootHash()
            + " --hash-offset="
            + verity.treeOffset());
    assertThat(BundleKit.shell(directory, "unsquashfs -ll os.tiu"))
        .contains("squashfs-root/bin/sh");
    long size = Files.size(bundle);
    String json =
        BundleKit.shell(
            directory,
            "tail -c +%d os.tiu | head -c -32 | openssl cms -verify -inform DER -purpose any -CAfile keys/ca.crt.pem"
                .formatted(manifest.cmsOffset() + 1));
    assertThat(json + "\n").isEqualTo(new String(manifest.toJson(), StandardCharsets.UTF_8));
    try (Bundle open = kit.open(bundle)) {
      assertThat(open.manifest()).isEqualTo(manifest);
      assertThat(open.manifestJson()).isEqualTo(manifest.toJson());
      assertThat(open.imageId())
          .isEqualTo(
              BundleKit.shell(directory, "printf '%s\\n' '" + json + "' | sha256sum | cut -c1-64"));
      assertThat(open.signers()).hasSize(1);
      for (String file : List.of("bin/sh", "sizes/empty", "sizes/more", "sizes/sparse")) {
        Inode inode = open.tree().get(BytePath.of(file)).orElseThrow();
        assertThat(HexFormat.of().formatHex(open.contentTable().digest(inode.number())))
            .as(file)
            .isEqualTo(
                BundleKit.shell(tree, "fsverity digest --compact " + file + " | cut -d' ' -f1"));
      }
      open.verify(2, Progress.NONE);
    }
    assertThat(size).isEqualTo(Files.size(bundle));
  }

  @Test
  void facts_are_found_in_the_tree() throws Exception {
    BundleSpec spec = BundleKit.spec("zstd:1");
    spec =
        new BundleSpec(
            spec.compatible(),
            spec.version(),
            spec.minVersion(),
            spec.expires(),
            Optional.empty(),
            spec.created(),
            spec.compression(),
            spec.blockSize(),
            spec.kept());
    Manifest manifest = kit.pack(spec, tree, path("os.tiu"));
    assertThat(manifest.architecture()).isEqualTo(BundleKit.shell(directory, "uname -m"));
    assertThat(manifest.kernelVersion()).contains("6.12");
    assertThat(manifest.osRelease().id()).contains("debian");
    assertThat(manifest.osRelease().versionId()).contains("12");
    assertThat(manifest.osRelease().prettyName()).contains("A \"B\"");
    String bytes =
        BundleKit.shell(
            tree,
            "find . -type f -not -path './run/*' -not -path ./etc/machine-id -printf '%i %s\\n'"
                + " | sort -u | awk '{s += $2} END {print s}'");
    assertThat(manifest.image().uncompressedBytes()).isEqualTo(Long.parseLong(bytes));
  }

  @Test
  void left_out_things_are_noted_and_not_there() throws Exception {
    kit.pack(BundleKit.spec("zstd:1"), tree, path("os.tiu"));
    assertThat(kit.notes)
        .containsExactly(
            "dev: 1 entry left out: the kernel fills it on the device",
            "etc/machine-id: emptied: each device has an ID of its own",
            "run: 1 entry left out: it is empty at every boot");
    assertThat(mounted(path("os.tiu"), "ls -A dev run; stat -c %s etc/machine-id"))
        .isEqualTo("dev:\n\nrun:\n0");
  }

  @Test
  void same_tree_gives_the_same_bytes_before_the_signature() throws Exception {
    Manifest first = kit.pack(BundleKit.spec("zstd:3"), tree, path("1.tiu"));
    BundleKit.shell(directory, "sleep 1.1; cp -a tree copy");
    Manifest second = kit.pack(BundleKit.spec("zstd:3"), path("copy"), path("2.tiu"));
    assertThat(second).isEqualTo(first);
    BundleKit.shell(directory, "cmp -n " + first.cmsOffset() + " 1.tiu 2.tiu");
  }

  /** Packs the tree as it is after a script, at another time than the first one. */
  private Bundle packAgain(String script) throws Exception {
    BundleKit.shell(directory, "rm -rf again; cp -a tree again");
    BundleKit.shell(path("again"), script);
    BundleSpec spec = BundleKit.spec("zstd:3");
    BundleSpec later =
        new BundleSpec(
            spec.compatible(),
            new Version("2.0"),
            Optional.empty(),
            Optional.empty(),
            spec.architecture(),
            spec.created().plusSeconds(3600),
            spec.compression(),
            spec.blockSize(),
            List.of());
    kit.pack(later, path("again"), path("2.tiu"));
    return kit.open(path("2.tiu"));
  }

  @Test
  void packed_again_it_has_the_same_tree_and_with_any_change_another() throws Exception {
    kit.pack(BundleKit.spec("zstd:3"), tree, path("1.tiu"));
    try (Bundle first = kit.open(path("1.tiu"));
        Bundle same = packAgain(":");
        Bundle mode = packAgain("chmod 0604 etc/os-release");
        Bundle content =
            packAgain(
                "head -c 300001 /dev/urandom >sizes/more; touch -r ../tree/sizes/more sizes/more")) {
      assertThat(first.imageId()).isNotEqualTo(same.imageId());
      assertThat(first.hasSameTree(same)).isTrue();
      assertThat(first.hasSameTree(mode)).isFalse();
      assertThat(first.hasSameTree(content)).isFalse();
    }
  }

  @Test
  void tar_of_any_kind_gives_the_tree_of_the_directory() throws Exception {
    BundleKit.shell(
        directory,
        """
        tar -C tree --numeric-owner --xattrs --xattrs-include='*' --sparse -cf pax.tar .
        tar -C tree --numeric-owner --format=gnu --sparse -cf gnu.tar .
        gzip -1 -k pax.tar; xz -0 -k pax.tar; zstd -1 -q pax.tar
        cp pax.tar.xz wrong-name.gz
        """);
    BundleSpec spec = BundleKit.spec("zstd:3", "dev/**");
    kit.pack(spec, tree, path("rootfs.tiu"));
    String expected = mounted(path("rootfs.tiu"), LISTING);
    for (String name :
        List.of("pax.tar", "pax.tar.gz", "pax.tar.xz", "pax.tar.zst", "wrong-name.gz")) {
      kit.packTar(spec, path(name), path("tar.tiu"));
      assertThat(mounted(path("tar.tiu"), LISTING)).as(name).isEqualTo(expected);
      try (Bundle rootfs = kit.open(path("rootfs.tiu"));
          Bundle tar = kit.open(path("tar.tiu"))) {
        for (Map.Entry<BytePath, Inode> entry : rootfs.tree().entries().entrySet()) {
          Inode other = tar.tree().get(entry.getKey()).orElseThrow();
          assertThat(other.xattrs().keySet()).isEqualTo(entry.getValue().xattrs().keySet());
          other
              .xattrs()
              .forEach(
                  (key, value) -> assertThat(entry.getValue().xattrs().get(key)).isEqualTo(value));
        }
      }
    }
    kit.packTar(spec, path("gnu.tar"), path("gnu.tiu"));
    assertThat(mounted(path("gnu.tiu"), ATTRIBUTES))
        .isEqualTo(mounted(path("rootfs.tiu"), ATTRIBUTES));
  }

  @Test
  void full_disk_leaves_nothing_and_says_so() throws Exception {
    Files.createDirectories(path("small"));
    BundleKit.shell(directory, "mount -t tmpfs -o size=200k none small");
    try {
      assertThatThrownBy(() -> kit.pack(BundleKit.spec("lz4:1"), tree, path("small/os.tiu")))
          .isInstanceOf(IOException.class)
          .hasMessage(path("small/os.tiu") + ": no space left on the disk for the bundle");
      assertThat(path("small")).isEmptyDirectory();
    } finally {
      BundleKit.shell(directory, "umount small");
    }
  }

  @Test
  void failing_leaves_what_was_there_before() throws Exception {
    Files.writeString(path("os.tiu"), "before");
    Files.write(path("bad.tar"), new TarBuilder().file("a", "x").file("../b", "y").build());
    assertThatThrownBy(() -> kit.packTar(BundleKit.spec("zstd:1"), path("bad.tar"), path("os.tiu")))
        .isInstanceOf(TreeException.class)
        .hasMessageContaining("../b");
    assertThat(path("os.tiu")).hasContent("before");
    assertThat(leftovers()).isEmpty();
    assertThatThrownBy(() -> kit.pack(BundleKit.spec("zstd:1"), tree, path("no/os.tiu")))
        .hasMessageContaining("no: isn't a directory to write a bundle to");
    assertThatThrownBy(() -> kit.pack(BundleKit.spec("zstd:1"), path("nowhere"), path("x.tiu")))
        .hasMessageContaining("nowhere");
  }

  private List<Path> leftovers() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.getFileName().toString().contains("partial")).toList();
    }
  }

  /** Packs what a test below kills. */
  static final class Victim {
    private Victim() {}

    /** Takes a directory with {@code keys} and {@code tree}. */
    public static void main(String[] args) throws IOException {
      Path directory = Path.of(args[0]);
      Signer signer =
          Signer.load(
              directory.resolve("keys/signer.key.pem"),
              directory.resolve("keys/signer.crt.pem"),
              List.of(),
              Optional.empty());
      CreateListener silent =
          new CreateListener() {
            @Override
            public void note(Note note) {}

            @Override
            public void at(Stage stage, long done, long total) {}
          };
      new BundleWriter(BundleKit.spec("xz"), List.of(signer), BundleKit.NOW, 1, silent)
          .writeDirectory(directory.resolve("tree"), directory.resolve("os.tiu"));
    }
  }

  @Test
  void killed_writer_leaves_no_output_and_the_next_one_cleans_up() throws Exception {
    BundleKit.shell(directory, "head -c 30000000 /dev/urandom > tree/sizes/large");
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .redirectOutput(path("victim.log").toFile())
            .start();
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (leftovers().stream().noneMatch(file -> file.toFile().length() > 0)
        && System.nanoTime() < deadline) {
      assertThat(victim.isAlive()).as(Files.readString(path("victim.log"))).isTrue();
      Thread.sleep(20);
    }
    victim.destroyForcibly().waitFor();
    assertThat(path("os.tiu")).doesNotExist();
    assertThat(leftovers()).hasSize(1);
    kit.pack(BundleKit.spec("lz4:1"), tree, path("os.tiu"));
    assertThat(leftovers()).isEmpty();
    try (Bundle open = kit.open(path("os.tiu"))) {
      open.verify(2, Progress.NONE);
    }
  }

  @Test
  void skeleton_has_all_but_file_data() throws Exception {
    Path bundle = path("os.tiu");
    kit.pack(BundleKit.spec("lz4:1"), tree, bundle);
    Path skeleton = path("os.skeleton");
    try (Bundle open = kit.open(bundle);
        FileChannel out =
            FileChannel.open(skeleton, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      open.writeSkeleton(out);
    }
    assertThat(Files.size(skeleton)).isEqualTo(Files.size(bundle));
    long allocated = Long.parseLong(BundleKit.shell(directory, "stat -c %b os.skeleton")) * 512;
    assertThat(allocated).isLessThan(Files.size(bundle) / 4);
    try (Bundle open = kit.open(bundle);
        Bundle bones = Bundle.openSkeleton(FileSource.open(skeleton), kit.trust())) {
      assertThat(bones.imageId()).isEqualTo(open.imageId());
      assertThat(bones.tree().entries().keySet()).isEqualTo(open.tree().entries().keySet());
      Inode.RegularFile file =
          (Inode.RegularFile) bones.tree().get(BytePath.of("sizes/more")).orElseThrow();
      assertThat(bones.contentTable().digest(file.number()))
          .isEqualTo(open.contentTable().digest(file.number()));
      ByteBuffer buffer = ByteBuffer.allocate(1 << 17);
      assertThatThrownBy(() -> bones.image().read(file, 0, buffer))
          .isInstanceOf(SkeletonException.class)
          .hasMessageContaining("this is a skeleton");
      assertThatThrownBy(() -> bones.verify(1, Progress.NONE)).isInstanceOf(IOException.class);
      Path again = path("again.skeleton");
      try (FileChannel out =
          FileChannel.open(again, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        bones.writeSkeleton(out);
      }
      assertThat(Arrays.equals(Files.readAllBytes(again), Files.readAllBytes(skeleton))).isTrue();
    }
  }
}
