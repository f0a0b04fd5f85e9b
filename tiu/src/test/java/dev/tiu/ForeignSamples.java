package dev.tiu;

import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * A system that tiu didn't install, with what dpkg knows of its /etc, and an image to update to.
 *
 * <pre>
 *                        the system          as shipped   the image
 * etc/motd               one                 one          two
 * etc/issue              one                 one          (gone)
 * etc/conf.d/a.conf      changed here        (unknown)    of the image
 * etc/conf.d/mode        shipped, 0600       shipped      new, 0644
 * etc/local.conf         local               -            -
 * etc/passwd             root user svc(998)  -            root newsvc(998)
 * var/lib/dpkg, home/user/file, root/.profile, usr/local/bin/x, usr/lib/…
 * </pre>
 */
final class ForeignSamples {
  private static final String SYSTEM =
      """
      set -eu
      cp -a "$V1" "$T" && cd "$T"
      md5() { md5sum < "etc/$1" | cut -d' ' -f1; }
      echo shipped > etc/conf.d/mode
      mkdir -p var/lib/dpkg
      printf 'Package: base\\nStatus: install ok installed\\nConffiles:\\n /etc/motd %s\\n /etc/issue %s obsolete\\n /etc/conf.d/a.conf %s\\n /etc/conf.d/mode %s\\n /etc/missing %s\\nVersion: 1\\n' \
        "$(md5 motd)" "$(md5 issue)" "$(md5 conf.d/a.conf)" "$(md5 conf.d/mode)" "$(md5 motd)" > var/lib/dpkg/status
      echo 'changed here' > etc/conf.d/a.conf
      chmod 0600 etc/conf.d/mode
      echo local > etc/local.conf
      printf 'root:x:0:0::/root:/bin/sh\\nuser:x:1000:1000::/home/user:/bin/sh\\nsvc:x:998:998::/:/bin/false\\n' > etc/passwd
      printf 'root:x:0:\\nuser:x:1000:\\nsvc:x:998:\\n' > etc/group
      printf 'LABEL=disk / btrfs compress=zstd,subvol=@rootfs 0 0\\nUUID=AAAA-BBBB /boot/efi vfat umask=0077 0 1\\n' > etc/fstab
      mkdir -p home/user; echo mine > home/user/file; ln home/user/file home/user/link
      chown -R 1000:1000 home/user; setcap cap_net_raw+ep usr/local/bin/x
      echo scratch > tmp/scratch
      """;

  private static final String IMAGE =
      """
      set -eu
      cp -a "$V1" "$T" && cd "$T"
      echo two > etc/motd; rm etc/issue etc/fstab
      echo 'of the image' > etc/conf.d/a.conf; echo new > etc/conf.d/mode
      printf 'root:x:0:0::/root:/bin/sh\\nnewsvc:x:998:998::/:/bin/false\\n' > etc/passwd
      printf 'root:x:0:\\nnewsvc:x:998:\\n' > etc/group
      echo image > usr/lib/image; chown 998:998 usr/lib/image
      """;

  private final Path directory;
  private final SampleSystems samples;

  private ForeignSamples(Path directory, SampleSystems samples) {
    this.directory = directory;
    this.samples = samples;
  }

  /** Makes the trees, and of the second one a bundle. */
  static ForeignSamples make(Path directory, Tiu tiu) throws IOException {
    ForeignSamples made = new ForeignSamples(directory, SampleSystems.make(directory, tiu));
    made.script(SYSTEM, "foreign");
    made.script(IMAGE, "image");
    made.samples.pack("image", "1");
    return made;
  }

  private void script(String text, String name) throws IOException {
    Command.of("bash", "-c", text)
        .environment(
            Map.of(
                "T", directory.resolve(name).toString(),
                "V1", samples.tree("v1").toString(),
                "PATH", "/usr/sbin:/usr/bin:/sbin:/bin"))
        .run();
  }

  /** The system's files. */
  Path system() {
    return directory.resolve("foreign");
  }

  Path image() {
    return directory.resolve("image-1.tiu");
  }

  Path keyring() {
    return samples.keyring();
  }

  /** Another tree, packed. */
  Path pack(String name, String version, String... more) throws IOException {
    return samples.pack(name, version, more);
  }

  /** Puts the system into a new subvolume, as an installer would. */
  void installAt(Path subvolume) throws IOException {
    Command.of("btrfs", "-q", "subvolume", "create", subvolume.toString()).run();
    Command.of("cp", "-a", system() + "/.", subvolume.toString()).run();
  }
}
