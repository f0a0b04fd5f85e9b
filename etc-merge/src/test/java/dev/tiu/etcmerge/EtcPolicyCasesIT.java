package dev.tiu.etcmerge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.etcmerge.text.FstabMerge;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Paths that are one side's, or a tool's, or have entries of the device's own. */
final class EtcPolicyCasesIT extends EtcCase {
  private static MergeSettings with(String glob, Policy policy) {
    return MergeSettings.DEFAULT.withPolicies(
        Policies.BUILT_IN.with(Map.of(new PathGlob(glob), policy)));
  }

  @Test
  void case_39_fstab_merges_by_mount_point_and_roots_and_subvolumes_are_the_devices()
      throws Exception {
    base("fstab", Item.file("LABEL=image / ext4 defaults 0 1\ntmpfs /tmp tmpfs size=1G 0 0\n"));
    local(
        "fstab",
        Item.file(
            """
            # mine
            UUID=1 / btrfs noatime 0 0
            tmpfs /tmp tmpfs size=1G 0 0
            /dev/sdb1 /data ext4 noauto 0 2
            """));
    image("fstab", Item.file("LABEL=other / xfs ro 0 1\ntmpfs /tmp tmpfs size=2G 0 0\n"));
    TreeMap<String, FstabMerge.Own> own = new TreeMap<>();
    own.put("/", new FstabMerge.Own("UUID=1", Optional.empty()));
    own.put("/var", new FstabMerge.Own("UUID=1", Optional.of("subvol=@/var")));
    assertThat(merge(MergeSettings.DEFAULT.withMounts(own))).containsExactly("fstab MERGED");
    assertThat(content("fstab"))
        .isEqualTo(
            """
            # mine
            UUID=1 / btrfs noatime 0 0
            tmpfs /tmp tmpfs size=2G 0 0
            /dev/sdb1 /data ext4 noauto 0 2
            UUID=1 /var btrfs subvol=@/var 0 0
            """);
  }

  @Test
  void case_40_machine_id_and_host_keys_are_never_the_images() throws Exception {
    base("machine-id", Item.file("image-old\n"));
    local("machine-id", Item.file("device\n"));
    image("machine-id", Item.file("image-new\n"));
    image("ssh", Item.directory());
    image("ssh/sshd_config", Item.file("Port 22\n"));
    image("ssh/ssh_host_rsa_key", Item.file("everybody's\n"));
    image("hostname", Item.file("image\n"));
    assertThat(merge()).containsExactly("ssh ADDED");
    assertThat(content("machine-id")).isEqualTo("device\n");
    assertThat(exists("ssh/sshd_config")).isTrue();
    assertThat(exists("ssh/ssh_host_rsa_key")).isFalse();
    assertThat(exists("hostname")).isFalse();

    local("ssh", Item.directory());
    local("ssh/ssh_host_rsa_key", Item.file("mine\n").withMode(0600));
    assertThat(merge()).containsExactly("ssh/sshd_config ADDED");
    assertThat(result("ssh/ssh_host_rsa_key")).isEqualTo(Item.file("mine\n").withMode(0600));
  }

  @Test
  void case_41_what_a_tool_makes_merges_like_all_else_until_the_tool_has_run() throws Exception {
    base("ld.so.cache", Item.file("old\0"));
    local("ld.so.cache", Item.file("made here\0"));
    image("ld.so.cache", Item.file("new\0"));
    for (String dir : new String[] {"ssl", "ssl/certs"}) {
      etc.everywhere(dir, Item.directory());
    }
    String bundle = "ssl/certs/ca-certificates.crt";
    base(bundle, Item.file("one\n"));
    local(bundle, Item.file("one and mine\n"));
    image(bundle, Item.file("one, two\n"));
    assertThat(merge())
        .containsExactly(
            "ld.so.cache KEPT_LOCAL, beside ld.so.cache.tiu-new",
            bundle + " KEPT_LOCAL, beside " + bundle + ".tiu-new");
    assertThat(content(bundle)).isEqualTo("one and mine\n");
    assertThat(content("ld.so.cache")).isEqualTo("made here\0");
  }

  @Test
  void case_42_resolv_conf_is_the_devices_as_a_file_and_as_a_link() throws Exception {
    base("resolv.conf", Item.file(""));
    local("resolv.conf", Item.link("../run/NetworkManager/resolv.conf"));
    image("resolv.conf", Item.file("nameserver 192.0.2.1\n"));
    assertThat(merge()).isEmpty();
    assertThat(result("resolv.conf")).isEqualTo(Item.link("../run/NetworkManager/resolv.conf"));

    base("resolv.conf", Item.link("../run/systemd/resolve/stub-resolv.conf"));
    local("resolv.conf", Item.file("nameserver 192.0.2.2\n"));
    image("resolv.conf", Item.link("../run/NetworkManager/resolv.conf"));
    assertThat(merge()).isEmpty();
    assertThat(content("resolv.conf")).isEqualTo("nameserver 192.0.2.2\n");
  }

  @Test
  void case_46_pinned_path_stays_though_nobody_edited_it() throws Exception {
    etc.everywhere("f", Item.file("old\n"));
    image("f", Item.file("new\n"));
    assertThat(merge(with("f", Policy.PINNED))).containsExactly("f PINNED");
    assertThat(result("f")).isEqualTo(Item.file("old\n"));
    assertThat(exists("f.tiu-new")).isFalse();
  }

  @Test
  void path_of_the_images_is_live_and_what_was_edited_here_lies_beside_it() throws Exception {
    etc.everywhere("d", Item.directory());
    for (String path : new String[] {"d/edited", "d/left", "d/changed"}) {
      etc.everywhere(path, Item.file("old\n"));
    }
    local("d/edited", Item.file("mine\n"));
    image("d/changed", Item.file("new\n"));
    local("d/own", Item.file("mine\n"));
    assertThat(merge(with("d/**", Policy.IMAGE)))
        .containsExactly("d/changed UPDATED", "d/edited OVERRULED, beside d/edited.tiu-orig");
    assertThat(content("d/edited")).isEqualTo("old\n");
    assertThat(content("d/edited.tiu-orig")).isEqualTo("mine\n");
    assertThat(content("d/own")).isEqualTo("mine\n");
  }

  @Test
  void what_was_made_immutable_here_stays_and_is_no_obstacle() throws Exception {
    etc.everywhere("f", Item.file("old\n"));
    etc.everywhere("d", Item.directory());
    etc.everywhere("d/f", Item.file("old\n"));
    image("f", Item.file("new\n"));
    image("d/f", Item.file("new\n"));
    etc.lock("f");
    etc.lock("d");
    assertThat(merge())
        .containsExactly("d KEPT_LOCAL, beside d.tiu-new", "f KEPT_LOCAL, beside f.tiu-new");
    assertThat(content("f")).isEqualTo("old\n");
    assertThat(content("d.tiu-new/f")).isEqualTo("new\n");
  }

  @Test
  void rule_of_the_device_goes_before_one_of_the_image_and_that_before_the_built_in()
      throws Exception {
    Policies image = Policies.BUILT_IN.with(Map.of(new PathGlob("hostname"), Policy.MERGE));
    etc.everywhere("hostname", Item.file("old\n"));
    image("hostname", Item.file("new\n"));
    assertThat(merge()).isEmpty();
    assertThat(merge(MergeSettings.DEFAULT.withPolicies(image)))
        .containsExactly("hostname UPDATED");
    Policies device = image.with(Map.of(new PathGlob("host*"), Policy.LOCAL));
    assertThat(merge(MergeSettings.DEFAULT.withPolicies(device))).isEmpty();
  }
}
