package dev.tiu.etcmerge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileType;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Directories, links, and what is neither; what comes in the place of something else. */
final class EtcPlaceCasesIT extends EtcCase {
  @Test
  void case_19_directory_removed_here_stays_removed_with_what_the_image_adds_in_it()
      throws Exception {
    base("d", Item.directory());
    image("d", Item.directory());
    image("d/new", Item.file("new\n"));
    assertThat(merge()).containsExactly("d KEPT_REMOVED, beside d.tiu-new");
    assertThat(exists("d")).isFalse();
    assertThat(result("d.tiu-new/new")).isEqualTo(Item.file("new\n"));
  }

  @Test
  void case_20_directory_turned_into_a_link_here_stays_a_link() throws Exception {
    base("d", Item.directory());
    base("d/f", Item.file("old\n"));
    local("d", Item.link(EtcDisk.OUTSIDE.toString()));
    image("d", Item.directory());
    image("d/f", Item.file("new\n"));
    assertThat(merge()).containsExactly("d KEPT_LOCAL, beside d.tiu-new");
    assertThat(result("d")).isEqualTo(Item.link("outside"));
    assertThat(result("d.tiu-new/f")).isEqualTo(Item.file("new\n"));
    assertThat(etc.top.find(BytePath.of("outside/f"))).isEmpty();
  }

  @Test
  void case_21_file_here_makes_way_for_the_images_directory() throws Exception {
    etc.everywhere("old", Item.file("old\n"));
    local("old", Item.file("mine\n").withMode(0640).withOwner(7, 8));
    etc.image.unlink(BytePath.of("old"));
    image("old", Item.directory());
    image("old/f", Item.file("new\n"));
    local("own", Item.file("mine\n"));
    image("own", Item.directory());
    assertThat(merge())
        .containsExactly("old MADE_WAY, beside old.tiu-orig", "own MADE_WAY, beside own.tiu-orig");
    assertThat(result("old")).isEqualTo(Item.directory());
    assertThat(result("old/f")).isEqualTo(Item.file("new\n"));
    assertThat(result("old.tiu-orig"))
        .isEqualTo(Item.file("mine\n").withMode(0640).withOwner(7, 8));
    assertThat(result("own")).isEqualTo(Item.directory());
    assertThat(content("own.tiu-orig")).isEqualTo("mine\n");
    assertThat(merge()).hasSize(2);
  }

  @Test
  void case_22_directory_that_the_image_turns_into_a_link_is_never_written_through()
      throws Exception {
    String outside = etc.path("outside").toString();
    etc.everywhere("d", Item.directory());
    etc.everywhere("d/secret", Item.file("old\n"));
    local("d/secret", Item.file("mine\n"));
    remove(etc.image, "d");
    image("d", Item.link(outside));
    assertThat(merge()).containsExactly("d KEPT_LOCAL, beside d.tiu-new");
    assertThat(result("d/secret")).isEqualTo(Item.file("mine\n"));
    assertThat(result("d.tiu-new")).isEqualTo(Item.link(outside));
    assertThat(Item.read(etc.top, BytePath.of("outside/secret"))).isEqualTo(Item.file("secret"));
  }

  @Test
  void case_23_link_changed_on_both_sides_stays_as_it_is_here() throws Exception {
    base("l", Item.link("a"));
    local("l", Item.link("b"));
    image("l", Item.link("c"));
    assertThat(merge()).containsExactly("l KEPT_LOCAL, beside l.tiu-new");
    assertThat(result("l")).isEqualTo(Item.link("b"));
    assertThat(result("l.tiu-new")).isEqualTo(Item.link("c"));
  }

  @Test
  void case_24_dangling_absolute_link_made_here_stays_byte_for_byte() throws Exception {
    local("l", Item.link("/no/such//place/\377"));
    assertThat(merge()).isEmpty();
    assertThat(result("l")).isEqualTo(Item.link("/no/such//place/\377"));
  }

  @Test
  void case_25_socket_fifo_and_device_made_here_are_left_out() throws Exception {
    local("d", Item.directory());
    local("d/fifo", Item.fifo());
    local("device", Item.device(3));
    etc.local.makeNode(BytePath.of("socket"), FileType.SOCKET, 0600, 0, 0);
    etc.everywhere("shipped", Item.fifo());
    assertThat(merge()).containsExactly("d/fifo LEFT_OUT", "device LEFT_OUT", "socket LEFT_OUT");
    assertThat(Item.readTree(etc.result).keySet())
        .containsExactlyInAnyOrder(BytePath.ROOT, BytePath.of("d"), BytePath.of("shipped"));
  }

  @Test
  void case_52_directory_dropped_by_the_image_stays_for_what_was_added_in_it_here()
      throws Exception {
    etc.everywhere("d", Item.directory());
    etc.everywhere("d/shipped", Item.file("old\n"));
    local("d/own", Item.directory());
    local("d/own/f", Item.file("mine\n"));
    remove(etc.image, "d");
    assertThat(merge()).containsExactly("d KEPT_THOUGH_DROPPED", "d/shipped REMOVED");
    assertThat(result("d")).isEqualTo(Item.directory());
    assertThat(result("d/own/f")).isEqualTo(Item.file("mine\n"));
  }

  @Test
  void link_that_the_image_dropped_stays_where_it_leads_to_a_file_that_was_changed_here()
      throws Exception {
    for (Dir tree : new Dir[] {etc.base, etc.local}) {
      Item.directory().put(tree, BytePath.of("sysctl.d"));
      Item.file("old\n").put(tree, BytePath.of("sysctl.conf"));
      Item.link("../sysctl.conf").put(tree, BytePath.of("sysctl.d/99-sysctl.conf"));
      Item.link("/etc/sysctl.conf").put(tree, BytePath.of("absolute"));
      Item.link("sysctl.d").put(tree, BytePath.of("elsewhere"));
    }
    image("sysctl.d", Item.directory());
    local("sysctl.conf", Item.file("mine\n"));
    assertThat(merge())
        .containsExactly(
            "absolute KEPT_LINK",
            "elsewhere REMOVED",
            "sysctl.conf KEPT_THOUGH_DROPPED",
            "sysctl.d/99-sysctl.conf KEPT_LINK");
    assertThat(result("sysctl.d/99-sysctl.conf")).isEqualTo(Item.link("../sysctl.conf"));

    local("sysctl.conf", Item.file("old\n"));
    etc.lock("sysctl.conf");
    assertThat(merge()).contains("absolute KEPT_LINK", "sysctl.conf KEPT_THOUGH_DROPPED");

    etc.unlock("sysctl.conf");
    assertThat(merge()).hasSize(4).allMatch(line -> line.endsWith(" REMOVED"));
    assertThat(exists("absolute")).isFalse();
  }

  @Test
  void case_43_units_enabled_disabled_and_masked_here_stay_so() throws Exception {
    for (String dir : new String[] {"systemd", "systemd/system", "systemd/system/m.target.wants"}) {
      etc.everywhere(dir, Item.directory());
    }
    String wants = "systemd/system/m.target.wants/";
    etc.everywhere(wants + "disabled.service", Item.link("/lib/systemd/system/disabled.service"));
    remove(etc.local, wants + "disabled.service");
    image(wants + "disabled.service", Item.link("/lib/systemd/system/other.service"));
    local(wants + "enabled.service", Item.link("/usr/lib/systemd/system/enabled.service"));
    local("systemd/system/masked.service", Item.link("/dev/null"));
    etc.everywhere("systemd/system/shipped.service", Item.file("old\n"));
    local("systemd/system/shipped.service", Item.link("/dev/null"));
    image("systemd/system/shipped.service", Item.file("new\n"));
    image(wants + "new.service", Item.link("/usr/lib/systemd/system/new.service"));
    assertThat(merge())
        .containsExactly(
            wants + "disabled.service KEPT_CHOICE",
            wants + "new.service ADDED",
            "systemd/system/shipped.service KEPT_LOCAL, beside"
                + " systemd/system/shipped.service.tiu-new");
    assertThat(exists(wants + "disabled.service")).isFalse();
    assertThat(result(wants + "enabled.service"))
        .isEqualTo(Item.link("/usr/lib/systemd/system/enabled.service"));
    assertThat(result("systemd/system/masked.service")).isEqualTo(Item.link("/dev/null"));
    assertThat(result("systemd/system/shipped.service")).isEqualTo(Item.link("/dev/null"));
  }

  /** As systemctl leaves it: the directory goes with the last link in it. */
  @Test
  void directory_whose_only_unit_was_disabled_here_has_what_the_image_enables_anew()
      throws Exception {
    for (String dir : new String[] {"systemd", "systemd/system"}) {
      etc.everywhere(dir, Item.directory());
    }
    for (String dir : new String[] {"s.target.wants", "t.target.wants"}) {
      String wants = "systemd/system/" + dir;
      for (Dir tree : new Dir[] {etc.base, etc.image}) {
        Item.directory().put(tree, BytePath.of(wants));
        Item.link("/lib/systemd/system/off.socket").put(tree, BytePath.of(wants + "/off.socket"));
      }
    }
    String wants = "systemd/system/s.target.wants";
    image(wants + "/off.socket", Item.link("/usr/lib/systemd/system/off.socket"));
    image(wants + "/new.socket", Item.link("/usr/lib/systemd/system/new.socket"));
    assertThat(merge()).containsExactly(wants + " ADDED", wants + "/new.socket ADDED");
    assertThat(result(wants)).isEqualTo(Item.directory());
    assertThat(exists(wants + "/new.socket")).isTrue();
    assertThat(exists(wants + "/off.socket")).isFalse();
    assertThat(exists("systemd/system/t.target.wants")).isFalse();
  }

  @Test
  void link_that_the_image_only_spells_with_usr_is_none_that_it_changed() throws Exception {
    for (String dir : new String[] {"systemd", "systemd/system"}) {
      etc.everywhere(dir, Item.directory());
    }
    for (String unit : new String[] {"disabled", "masked", "left"}) {
      String path = "systemd/system/" + unit + ".service";
      etc.everywhere(path, Item.link("/lib/systemd/system/ssh.service"));
      image(path, Item.link("/usr/lib/systemd/system/ssh.service"));
    }
    remove(etc.local, "systemd/system/disabled.service");
    local("systemd/system/masked.service", Item.link("/dev/null"));
    assertThat(merge()).containsExactly("systemd/system/left.service UPDATED");
    assertThat(exists("systemd/system/disabled.service")).isFalse();
    assertThat(result("systemd/system/masked.service")).isEqualTo(Item.link("/dev/null"));
  }

  /** A root of which {@code usr} has that one file. */
  private Dir root(String name, String... files) throws Exception {
    etc.top.makeDir(BytePath.of(name), 0755);
    Dir root = etc.top.openDir(BytePath.of(name));
    root.makeDir(BytePath.of("usr"), 0755);
    for (String file : files) {
      Item.file("").put(root, BytePath.of("usr/" + file));
    }
    root.makeSymlink("usr".getBytes(StandardCharsets.US_ASCII), BytePath.of("lib"));
    return root;
  }

  @Test
  void case_44_link_to_a_unit_that_the_image_dropped_stays_and_is_reported() throws Exception {
    for (String dir : new String[] {"systemd", "systemd/system", "systemd/system/m.target.wants"}) {
      etc.everywhere(dir, Item.directory());
    }
    String wants = "systemd/system/m.target.wants/";
    local(wants + "gone.service", Item.link("/lib/gone.service"));
    local(wants + "there.service", Item.link("../../../../lib/there.service"));
    local("systemd/system/masked.service", Item.link("/dev/null"));
    local("never", Item.link("/usr/never"));
    try (Dir old = root("old", "gone.service", "there.service");
        Dir now = root("now", "there.service")) {
      MergeSettings settings = MergeSettings.DEFAULT.withRoots(new MergeSettings.Roots(old, now));
      assertThat(merge(settings)).containsExactly(wants + "gone.service DANGLING");
    }
    assertThat(result(wants + "gone.service")).isEqualTo(Item.link("/lib/gone.service"));
  }

  @Test
  void case_53_alternative_chosen_here_stays_if_it_is_still_there() throws Exception {
    etc.everywhere("alternatives", Item.directory());
    for (String name : new String[] {"editor", "pager"}) {
      base("alternatives/" + name, Item.link("/usr/old"));
      image("alternatives/" + name, Item.link("/usr/new"));
    }
    local("alternatives/editor", Item.link("/usr/mine"));
    local("alternatives/pager", Item.link("/usr/gone"));
    try (Dir old = root("old", "old", "mine", "gone");
        Dir now = root("now", "new", "mine")) {
      MergeSettings settings = MergeSettings.DEFAULT.withRoots(new MergeSettings.Roots(old, now));
      assertThat(merge(settings))
          .containsExactly(
              "alternatives/editor KEPT_CHOICE",
              "alternatives/pager KEPT_CHOICE",
              "alternatives/pager TARGET_GONE");
    }
    assertThat(result("alternatives/editor")).isEqualTo(Item.link("/usr/mine"));
    assertThat(result("alternatives/pager")).isEqualTo(Item.link("/usr/new"));
  }
}
