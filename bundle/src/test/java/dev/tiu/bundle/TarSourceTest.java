package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.FileType;
import dev.tiu.verity.FsVerity;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Archives on their way through the filter, as far as the stream for mksquashfs. */
final class TarSourceTest {
  private final List<String> notes = new ArrayList<>();

  private Map<BytePath, TarFeed.Packed> read(byte[] archive, String... kept) throws IOException {
    return read(new ByteArrayInputStream(archive), kept);
  }

  private Map<BytePath, TarFeed.Packed> read(InputStream archive, String... kept)
      throws IOException {
    CreateListener listener =
        new CreateListener() {
          @Override
          public void note(Note note) {
            notes.add(note.toString());
          }

          @Override
          public void at(Stage stage, long done, long total) {}
        };
    TarWriter tar = new TarWriter(new ByteArrayOutputStream(), BytePath.of("r"));
    TarFeed packed = new TarFeed("os.tar", listener, tar);
    try (TreeSource source = new TarSource(archive, "os.tar")) {
      TreeFeed feed = new TreeFeed("os.tar", new ImageFilter(List.of(kept)), 7, listener, packed);
      source.walk(feed);
      feed.finish();
      return packed.packed();
    }
  }

  private TreeEntry readOne(TarBuilder tar, String path) throws IOException {
    return at(read(tar.build()), path).entry();
  }

  private static TarFeed.Packed at(Map<BytePath, TarFeed.Packed> packed, String path) {
    return Optional.ofNullable(packed.get(BytePath.of(path))).orElseThrow();
  }

  private void assertRefused(TarBuilder tar, String... message) {
    assertThatThrownBy(() -> read(tar.build()))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("os.tar: ")
        .hasMessageContainingAll(message);
  }

  @Test
  void names_are_cleaned_of_what_means_nothing() throws Exception {
    Map<BytePath, TarFeed.Packed> packed =
        read(new TarBuilder().directory("./").file("./a//./b", "1").file("/c", "2").build());
    assertThat(packed.keySet())
        .containsExactlyInAnyOrder(
            BytePath.ROOT, BytePath.of("a"), BytePath.of("a/b"), BytePath.of("c"));
  }

  @Test
  void names_that_lead_out_are_refused() {
    assertRefused(new TarBuilder().file("../x", ""), "../x", "leads out of the tree");
    assertRefused(new TarBuilder().file("a/../../x", ""), "a/../../x", "leads out of the tree");
    assertRefused(new TarBuilder().file("a/..", ""), "leads out of the tree");
    assertRefused(new TarBuilder().file("a", "").hardLink("b", "../../etc/shadow"), "leads out");
    assertRefused(new TarBuilder().file("", ""), "empty name");
    assertRefused(
        new TarBuilder().file("x".repeat(100), "").pax("path", "a\0b").file("y", ""), "a\\x00b");
    assertRefused(new TarBuilder().pax("path", "n".repeat(256)).file("y", ""), "nnnn");
  }

  @Test
  void any_other_bytes_are_kept() throws Exception {
    String name = "new\nline \u00ff\u00fe*?[x]\\ ..x";
    Map<BytePath, TarFeed.Packed> packed = read(new TarBuilder().file(name, "x").build());
    assertThat(packed).containsKey(BytePath.ofBytes(name.getBytes(StandardCharsets.ISO_8859_1)));
  }

  @Test
  void entry_below_a_symlink_is_refused() {
    assertRefused(
        new TarBuilder().symlink("lib", "/etc").file("lib/passwd", "x"),
        "lib/passwd",
        "lies below lib, which isn't a directory");
    assertRefused(new TarBuilder().file("a/b", "").file("a", ""), "a: isn't a directory");
  }

  @Test
  void name_that_appears_twice_is_refused() {
    assertRefused(new TarBuilder().file("a", "1").file("./a", "2"), "a: appears twice");
    assertRefused(new TarBuilder().file("a", "1").directory("a"), "a: appears twice");
  }

  @Test
  void directory_may_be_repeated_and_come_late() throws Exception {
    Map<BytePath, TarFeed.Packed> packed =
        read(
            new TarBuilder()
                .file("a/b", "1")
                .directory("a")
                .directory("a/")
                .file("c/d", "2")
                .build());
    assertThat(at(packed, "a").entry().mtime()).isEqualTo(1_700_000_000);
    TreeEntry implied = at(packed, "c").entry();
    assertThat(implied).isEqualTo(TreeEntry.impliedDirectory(BytePath.of("c"), 7));
    assertThat(at(packed, "").entry().mode()).isEqualTo(0755);
  }

  @Test
  void hard_links_need_a_target_that_was_packed() throws Exception {
    TreeEntry link = readOne(new TarBuilder().file("a", "1").hardLink("b", "./a"), "b");
    assertThat(link.hardLink()).contains(BytePath.of("a"));
    assertRefused(new TarBuilder().hardLink("b", "a").file("a", ""), "b", "doesn't come before");
    assertRefused(new TarBuilder().directory("d").hardLink("b", "d"), "the directory d");
    assertRefused(
        new TarBuilder()
            .file("etc/ssh/ssh_host_rsa_key", "k")
            .hardLink("x", "etc/ssh/ssh_host_rsa_key"),
        "x: a hard link to etc/ssh/ssh_host_rsa_key, which is left out");
    assertRefused(new TarBuilder().file("a", "").entry("b", '1', "a", "data"), "of its own");
  }

  @Test
  void pax_values_are_bytes() throws Exception {
    String capability = "\u0001\0\0\u0002\n\u00ff=\0";
    TreeEntry entry =
        readOne(
            new TarBuilder()
                .pax("SCHILY.xattr.security.capability", capability)
                .pax("LIBARCHIVE.xattr.user.base%2e", "AP8=")
                .pax("SCHILY.acl.access", "user::rw-,user:7:r--,group::r--,mask::r--,other::---")
                .pax("RHT.security.selinux", "label")
                .pax("mtime", "1600000000.9")
                .pax("uid", "4294967294")
                .file("p", "x"),
            "p");
    assertThat(entry.xattrs())
        .containsEntry(
            "security.capability", Bytes.of(capability.getBytes(StandardCharsets.ISO_8859_1)))
        .containsEntry("user.base.", Bytes.of(new byte[] {0, (byte) 0xff}))
        .containsEntry("security.selinux", Bytes.of("label\0"))
        .containsKey("trusted.tiu.posix_acl_access")
        .hasSize(4);
    assertThat(entry.mtime()).isEqualTo(1_600_000_000);
    assertThat(entry.uid()).isEqualTo(-2);
  }

  @Test
  void access_acl_that_only_repeats_the_mode_is_dropped_as_the_kernel_does() throws Exception {
    String minimal = "user::rwx,group::r-x,other::r-x";
    TreeEntry entry =
        readOne(
            new TarBuilder()
                .pax("SCHILY.acl.access", minimal)
                .pax("SCHILY.acl.default", minimal)
                .directory("d"),
            "d");
    assertThat(entry.xattrs()).containsOnlyKeys("trusted.tiu.posix_acl_default");
  }

  @Test
  void times_that_squashfs_can_not_store_are_noted() throws Exception {
    assertThat(readOne(new TarBuilder().pax("mtime", "-1.5").file("old", ""), "old").mtime())
        .isZero();
    assertThat(readOne(new TarBuilder().pax("mtime", "4294967296").file("new", ""), "new").mtime())
        .isEqualTo(0xffffffffL);
    assertThat(notes).hasSize(2).allMatch(note -> note.contains("beyond what squashfs can store"));
    assertThat(notes.get(0)).startsWith("old: its time, -2 seconds");
  }

  @Test
  void gnu_long_names_are_read() throws Exception {
    String name = "d/" + "n".repeat(200);
    TreeEntry entry =
        readOne(
            new TarBuilder().entry("././@LongLink", 'L', "", name + "\0").file("d/nn", "x"), name);
    assertThat(entry.size()).isEqualTo(1);
  }

  @Test
  void sparse_formats_give_the_same_content() throws Exception {
    byte[] content = new byte[5000];
    Arrays.fill(content, 1024, 1029, (byte) 'a');
    Arrays.fill(content, 4096, 4100, (byte) 'b');
    String parts = "aaaaabbbb";
    byte[] old = TarBuilder.header("s", 'S', "", parts.length());
    byte[] map =
        "00000002000\00000000005\00000000010000\00000000004\0"
            .getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(map, 0, old, TarHeader.OLD_SPARSE, map.length);
    byte[] real = "00000011610\0".getBytes(StandardCharsets.ISO_8859_1);
    System.arraycopy(real, 0, old, TarHeader.OLD_SPARSE_SIZE, real.length);
    String head = "2\n1024\n5\n4096\n4\n";
    List<TarBuilder> archives =
        List.of(
            new TarBuilder()
                .raw(TarBuilder.checked(old))
                .raw(Arrays.copyOf(parts.getBytes(StandardCharsets.ISO_8859_1), 512)),
            new TarBuilder()
                .entry(
                    "pax",
                    'x',
                    "",
                    TarBuilder.paxRecord("GNU.sparse.size", "5000")
                        + TarBuilder.paxRecord("GNU.sparse.numblocks", "2")
                        + TarBuilder.paxRecord("GNU.sparse.offset", "1024")
                        + TarBuilder.paxRecord("GNU.sparse.numbytes", "5")
                        + TarBuilder.paxRecord("GNU.sparse.offset", "4096")
                        + TarBuilder.paxRecord("GNU.sparse.numbytes", "4"))
                .file("s", parts),
            new TarBuilder()
                .pax("GNU.sparse.size", "5000")
                .pax("GNU.sparse.map", "1024,5,4096,4")
                .pax("GNU.sparse.name", "s")
                .file("other", parts),
            new TarBuilder()
                .pax("GNU.sparse.major", "1")
                .pax("GNU.sparse.minor", "0")
                .pax("GNU.sparse.name", "s")
                .pax("GNU.sparse.realsize", "5000")
                .file("other", head + "\0".repeat(512 - head.length()) + parts));
    for (TarBuilder tar : archives) {
      TarFeed.Packed packed = at(read(tar.build()), "s");
      assertThat(packed.entry().size()).isEqualTo(5000);
      assertThat(packed.digest()).isEqualTo(Bytes.of(FsVerity.digest(content)));
    }
  }

  @Test
  void lying_sparse_maps_are_refused() {
    for (String map :
        List.of("4096,4,1024,5", "1024,-5,4096,14", "4999,9,0,0", "1,x", "1", "0,10")) {
      assertRefused(
          new TarBuilder()
              .pax("GNU.sparse.size", "5000")
              .pax("GNU.sparse.map", map)
              .file("s", "aaaaabbbb"),
          "sparse map");
    }
  }

  @Test
  void archive_that_ends_early_is_refused() {
    byte[] whole = new TarBuilder().file("a", "x".repeat(700)).directory("d").withoutEnd();
    for (int length : new int[] {1, 511, 512, 513, 1023, 1535, 1536, 2047, 2048}) {
      assertThatThrownBy(() -> read(Arrays.copyOf(whole, length)))
          .as("%d bytes", length)
          .isInstanceOf(EOFException.class)
          .hasMessageStartingWith("os.tar: ends ");
    }
  }

  @Test
  void other_things_than_archives_are_refused() {
    assertThatThrownBy(() -> read("x".repeat(2000).getBytes(StandardCharsets.ISO_8859_1)))
        .hasMessageContaining("not a tar archive, or damaged");
    assertThatThrownBy(() -> read(new byte[1024])).hasMessageContaining("archive is empty");
    assertThatThrownBy(() -> read("BZh91AY&SY....".getBytes(StandardCharsets.ISO_8859_1)))
        .hasMessageContaining("bzip2");
    byte[] one = new TarBuilder().file("a", "").build();
    byte[] two = Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(one, 0, two, one.length, one.length);
    assertThatThrownBy(() -> read(two)).hasMessageContaining("more after its end mark");
    assertRefused(new TarBuilder().entry("v", 'M', "", ""), "type 'M'");
    assertRefused(new TarBuilder().symlink("l", ""), "symlink to nowhere");
    assertRefused(
        new TarBuilder().pax("SCHILY.xattr.system.nfs4_acl", "x").file("f", ""),
        "f",
        "system.nfs4_acl");
    assertRefused(new TarBuilder().pax("uid", "-1").file("f", ""), "user number -1");
    assertRefused(new TarBuilder().entry("p", 'x', "", "999 a=b\n").file("f", ""), "record");
  }

  /** Whatever the bytes, only an IOException comes out, and soon. */
  @Test
  void sparse_file_of_negative_size_is_refused() {
    assertRefused(
        new TarBuilder().pax("GNU.sparse.size", "-5").pax("GNU.sparse.map", "0,0").file("s", ""),
        "a sparse file of -5 bytes");
  }

  @Test
  void entry_larger_than_any_archive_is_not_skipped_over() {
    // Its padding makes the size overflow; left out, so that nothing but the skipping reads it.
    assertRefused(
        new TarBuilder().pax("size", "9223372036854775806").file("run/x", "").file("y", ""),
        "ends in the middle of run/x");
  }

  @Test
  void random_damage_never_gives_anything_but_a_refusal() throws IOException {
    byte[] whole =
        new TarBuilder()
            .directory("./")
            .pax("SCHILY.xattr.user.a", "b")
            .file("a", "x".repeat(700))
            .pax("GNU.sparse.size", "5000")
            .pax("GNU.sparse.map", "1024,5,4096,4")
            .file("s", "aaaaabbbb")
            .symlink("l", "a")
            .build();
    long seed = 20261120;
    Random random = new Random(seed);
    int refused = 0;
    for (int i = 0; i < 800; i++) {
      byte[] damaged = whole.clone();
      int header = random.nextInt(damaged.length / 512) * 512;
      for (int n = 0; n <= random.nextInt(3); n++) {
        damaged[header + random.nextInt(512)] = (byte) random.nextInt();
      }
      if (random.nextBoolean() && damaged[header] != 0) {
        byte[] block = TarBuilder.checked(Arrays.copyOfRange(damaged, header, header + 512));
        System.arraycopy(block, 0, damaged, header, 512);
      }
      try {
        read(damaged);
      } catch (IOException e) {
        refused++;
        assertThat(e.getMessage()).as("seed %d, round %d", seed, i).startsWith("os.tar: ");
      }
    }
    assertThat(refused).isGreaterThan(150);
  }

  @Test
  void what_must_not_be_in_an_image_is_left_out_and_noted() throws Exception {
    Map<BytePath, TarFeed.Packed> packed = read(leftOutTree().build());
    assertThat(packed.keySet().stream().map(BytePath::toString))
        .containsExactlyInAnyOrder(
            ".",
            "dev",
            "proc",
            "tmp",
            "run",
            "sys",
            "etc",
            "etc/machine-id",
            "etc/ssh",
            "boot",
            "boot/vmlinuz",
            "var",
            "var/lib",
            "var/lib/systemd",
            "etc/ssh/sshd_config");
    assertThat(at(packed, "etc/machine-id").entry().size()).isZero();
    assertThat(notes)
        .containsExactly(
            "boot/initrd.img-6.1: left out: each device makes its own initrd",
            "dev: 2 entries left out: the kernel fills it on the device",
            "etc/machine-id: emptied: each device has an ID of its own",
            "etc/resolv.conf: left out: it is the build machine's",
            "etc/ssh/ssh_host_rsa_key: left out: each device needs host keys of its own",
            "tmp: 1 entry left out: it is empty at every boot",
            "var/lib/systemd/random-seed: left out: random seeds must never be shared");
  }

  @Test
  void kept_patterns_override_and_bring_their_directories() throws Exception {
    Map<BytePath, TarFeed.Packed> packed =
        read(leftOutTree().build(), "dev/pts/ptmx", "/etc/machine-id", "etc/ssh/*", "boot/init*");
    assertThat(packed)
        .containsKeys(
            BytePath.of("dev/pts/ptmx"),
            BytePath.of("dev/pts"),
            BytePath.of("etc/ssh/ssh_host_rsa_key"),
            BytePath.of("boot/initrd.img-6.1"));
    assertThat(at(packed, "dev/pts").entry().mtime()).isEqualTo(1_700_000_000);
    assertThat(at(packed, "etc/machine-id").entry().size()).isEqualTo(3);
    assertThat(notes).noneMatch(note -> note.contains("ssh") || note.contains("machine-id"));
  }

  @Test
  void links_of_those_names_stay() throws Exception {
    TreeEntry link =
        readOne(new TarBuilder().symlink("etc/resolv.conf", "/run/x"), "etc/resolv.conf");
    assertThat(link.type()).isEqualTo(FileType.SYMLINK);
    assertThat(notes).isEmpty();
  }

  @Test
  void archive_on_a_pipe_has_what_is_left_out_passed_over() throws IOException {
    byte[] archive = leftOutTree().build();
    InputStream pipe =
        new FilterInputStream(new ByteArrayInputStream(archive)) {
          @Override
          public long skip(long count) throws IOException {
            throw new IOException("Illegal seek");
          }
        };

    assertThat(read(pipe)).containsOnlyKeys(read(archive).keySet());
  }

  private static TarBuilder leftOutTree() {
    TarBuilder tar = new TarBuilder();
    for (String directory : List.of("./", "dev", "proc", "tmp", "run", "sys", "etc", "boot")) {
      tar.directory(directory);
    }
    return tar.directory("dev/pts")
        .entry("dev/pts/ptmx", '3', "", "")
        .file("tmp/x", "1")
        .file("etc/machine-id", "id\n")
        .file("etc/resolv.conf", "nameserver 192.0.2.1\n")
        .file("etc/ssh/ssh_host_rsa_key", "secret")
        .file("etc/ssh/sshd_config", "")
        .file("boot/initrd.img-6.1", "i")
        .file("boot/vmlinuz", "k")
        .file("var/lib/systemd/random-seed", "s");
  }
}
