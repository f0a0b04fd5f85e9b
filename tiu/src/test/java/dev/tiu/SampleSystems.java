package dev.tiu;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.Map;

/**
 * Two small root trees with one of everything, and bundles of them.
 *
 * <pre>
 * v1                               v2
 * etc/motd         one             two
 * etc/hosts        one             two
 * etc/issue        one             (gone)
 * etc/new.conf                     new
 * usr/lib/big      3 MiB           3 MiB, other
 * usr/lib/same     2 MiB           the same
 * usr/lib/old/mod  1 MiB           usr/lib/new/mod, the same
 * usr/lib/hard-{a,b,c}  one inode  hard-a, hard-b one inode, hard-c its own
 * usr/lib/kind-a   directory       symlink to /etc
 * usr/lib/kind-b   file            directory
 * usr/lib/tool     cap_net_raw     cap_net_admin
 * usr/lib/mode     0644 root       0600 1000:1000
 * usr/lib/acl      acl             other acl
 * usr/lib/sparse   holes           other holes
 * usr/lib/group/   setgid 50       and two new files of root's: one written, one cloned
 * usr/lib/gone/…   files           (gone)
 * usr/lib/{gone-too,kind-a-x}      (gone): they sort between a directory and its content
 * </pre>
 */
final class SampleSystems {
  private static final String FIRST =
      """
      set -eu
      mkdir -p "$T" && cd "$T" && chmod 0755 .
      mkdir -p bin lib lib64 mnt dev proc sys run tmp etc/conf.d usr/bin usr/lib/old usr/lib/gone/deep \
        usr/lib/kind-a usr/local/bin var/lib/app var/log home root srv opt
      chmod 1777 tmp; chmod 0700 root
      cp /bin/true usr/bin/true; cp /bin/true bin/sh; chmod 4755 usr/bin/true
      printf 'ID=sample\\nVERSION_ID=1\\nPRETTY_NAME="Sample"\\n' > usr/lib/os-release
      for f in motd hosts issue fstab; do echo one > etc/$f; done
      echo conf > etc/conf.d/a.conf
      ln -s ../usr/lib/os-release etc/os-release
      random() { openssl enc -aes-128-ctr -K $(printf '%032d' $2) -iv 0 -in /dev/zero 2>/dev/null \
        | head -c $1; }
      random 3145728 1 > usr/lib/big; random 2097152 2 > usr/lib/same
      random 1048576 3 > usr/lib/old/mod
      echo hard > usr/lib/hard-a; ln usr/lib/hard-a usr/lib/hard-b; ln usr/lib/hard-a usr/lib/hard-c
      echo x > usr/lib/kind-a/x; echo file > usr/lib/kind-b
      cp /bin/true usr/lib/tool; setcap cap_net_raw+ep usr/lib/tool
      echo mode > usr/lib/mode
      echo acl > usr/lib/acl; setfacl -m u:1234:r usr/lib/acl; setfacl -d -m g:77:rx usr/lib/old
      truncate -s 5M usr/lib/sparse
      printf tail | dd of=usr/lib/sparse bs=1 seek=3000000 conv=notrunc status=none
      for i in 1 2 3; do echo $i > usr/lib/gone/deep/$i; done
      echo between > usr/lib/gone-too; echo between > usr/lib/kind-a-x
      setfattr -n user.note -v hello usr/lib/same; setfattr -h -n trusted.link -v l etc/os-release
      mkfifo usr/lib/fifo; mknod usr/lib/null c 1 3; mknod usr/lib/block b 259 1048575
      echo newline > "usr/lib/a$(printf '\\nb')"; echo bytes > "usr/lib/$(printf '\\377\\376')"
      : > usr/lib/empty
      mkdir usr/lib/group; chown 0:50 usr/lib/group; chmod 2775 usr/lib/group
      echo data > var/lib/app/data; echo profile > root/.profile; echo local > usr/local/bin/x
      chown -h 12:34 etc/os-release usr/lib/kind-b
      """;

  private static final String SECOND =
      """
      set -eu
      cp -a "$O" "$T" && cd "$T"; setfacl -m u:99:rw usr/lib/acl
      for f in motd hosts; do echo two > etc/$f; done
      rm etc/issue; echo new > etc/new.conf
      openssl enc -aes-128-ctr -K $(printf '%032d' 4) -iv 0 -in /dev/zero 2>/dev/null \
        | head -c 3145728 > usr/lib/big
      mkdir usr/lib/new; mv usr/lib/old/mod usr/lib/new/mod; rmdir usr/lib/old
      cp usr/lib/hard-c h && rm usr/lib/hard-c && mv h usr/lib/hard-c
      rm -r usr/lib/kind-a; ln -s /etc usr/lib/kind-a
      rm usr/lib/kind-b; mkdir usr/lib/kind-b; echo y > usr/lib/kind-b/y
      setcap cap_net_admin+ep usr/lib/tool
      chown 1000:1000 usr/lib/mode; chmod 0600 usr/lib/mode
      printf head | dd of=usr/lib/sparse bs=1 seek=10 conv=notrunc status=none
      rm -r usr/lib/gone usr/lib/gone-too usr/lib/kind-a-x
      setfattr -x user.note usr/lib/same; setfattr -n user.other -v o usr/lib/same
      echo written > usr/lib/group/written; cp usr/lib/same usr/lib/group/cloned
      chown 0:0 usr/lib/group/*
      echo more > var/lib/app/more; echo changed > var/lib/app/data
      """;

  /** Times in whole seconds, as squashfs keeps them; changed files get v2's. */
  private static final String SETTLE =
      """
      find "$T" -newermt '2026-01-01' -print0 | xargs -0r touch -h -d @"$W"
      """;

  private final Path directory;
  private final Tiu tiu;

  private SampleSystems(Path directory, Tiu tiu) {
    this.directory = directory;
    this.tiu = tiu;
  }

  /** Makes trees, keys and bundles below {@code directory}. */
  static SampleSystems make(Path directory, Tiu tiu) throws IOException {
    SampleSystems samples = withKeys(directory, tiu);
    samples.script(FIRST + SETTLE, "v1", "1700000000");
    samples.script(SECOND + SETTLE, "v2", "1710000000");
    samples.pack("v1", "1");
    samples.pack("v2", "2");
    return samples;
  }

  /** Makes only keys: for tests that pack trees of their own. */
  static SampleSystems withKeys(Path directory, Tiu tiu) {
    tiu.run("key", "init", directory.resolve("keys")).orFail();
    return new SampleSystems(directory, tiu);
  }

  /** Adds a kernel that has btrfs built in. */
  void addKernel(String tree, String version, String image) throws IOException {
    Path modules = Files.createDirectories(tree(tree).resolve("usr/lib/modules/6.1.0-" + version));
    Files.writeString(modules.resolve("vmlinuz"), image);
    Files.writeString(modules.resolve("modules.dep"), "");
    Files.writeString(modules.resolve("modules.builtin"), "kernel/fs/btrfs/btrfs.ko\n");
  }

  /** Gives the trees kernels of those versions, and packs them anew. */
  void packWithKernels(String... versions) throws IOException {
    for (String version : versions) {
      addKernel("v" + version, version, "kernel " + version);
      pack("v" + version, version, "--initrd", "none");
    }
  }

  private void script(String text, String name, String time) throws IOException {
    Command.of("bash", "-c", text)
        .environment(
            Map.of(
                "T",
                tree(name).toString(),
                "O",
                tree("v1").toString(),
                "W",
                time,
                "PATH",
                "/usr/sbin:/usr/bin:/sbin:/bin"))
        .run();
  }

  /**
   * Changes a byte of {@code usr/lib/same}, and packs that tree anew as version 2, so that a patch
   * pays: what else differs between the two is random, or tiny.
   */
  void changeALittle(String name) throws IOException {
    Path file = tree(name).resolve("usr/lib/same");
    FileTime time = Files.getLastModifiedTime(file);
    byte[] bytes = Files.readAllBytes(file);
    bytes[1_000_000] ^= 1;
    Files.write(file, bytes);
    Files.setLastModifiedTime(file, time);
    pack(name, "2");
  }

  /** Packs a tree as it is now into a bundle. */
  Path pack(String name, String version, String... more) throws IOException {
    Path bundle = directory.resolve(name + "-" + version + ".tiu");
    Files.deleteIfExists(bundle);
    Object[] arguments = {
      "create",
      "--rootfs",
      tree(name),
      "--output",
      bundle,
      "--key",
      directory.resolve("keys/signer.key.pem"),
      "--cert",
      directory.resolve("keys/signer.crt.pem"),
      "--compatible",
      "sample",
      "--version",
      version,
      "--compression",
      "zstd:1",
    };
    Object[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    tiu.run(all).orFail();
    return bundle;
  }

  Path tree(String name) {
    return directory.resolve(name);
  }

  Path v1() {
    return directory.resolve("v1-1.tiu");
  }

  Path v2() {
    return directory.resolve("v2-2.tiu");
  }

  Path keyring() {
    return directory.resolve("keys/ca.crt.pem");
  }
}
