package dev.tiu.boot.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SystemdBootTest extends BootLoaderContract {
  @Override
  BootLoader open(Dir partition) {
    return new SystemdBoot(partition, LoaderVariables.NONE);
  }

  private String boot() throws IOException {
    return new SystemdBootModel(fixture.boot).boot();
  }

  private Path conf() {
    return fixture.boot.resolve("loader/loader.conf");
  }

  @Test
  void trial_boots_as_often_as_it_may_and_then_the_default() throws IOException {
    publishTwo();
    assertThat(boot()).isEqualTo("tiu-1.conf");
    loader.arm(2, 3);
    assertThat(boot()).isEqualTo("tiu-2+3-0.conf");
    assertThat(loader.state().trial()).hasValue(new LoaderState.Trial(2, 2));
    assertThat(boot()).isEqualTo("tiu-2+2-1.conf");
    assertThat(boot()).isEqualTo("tiu-2+1-2.conf");
    assertThat(loader.state().trial()).hasValue(new LoaderState.Trial(2, 0));
    assertThat(boot()).isEqualTo("tiu-1.conf");
    assertThat(loader.state().isDefault()).hasValue(1);
  }

  @Test
  void trial_that_was_good_boots_from_then_on() throws IOException {
    publishTwo();
    loader.arm(2, 3);
    boot();
    loader.makeDefault(2);
    assertThat(boot()).isEqualTo("tiu-2.conf");
    assertThat(boot()).isEqualTo("tiu-2.conf");
  }

  @Test
  void trial_whose_counter_systemd_bless_boot_took_away_still_is_one() throws IOException {
    publishTwo();
    loader.arm(2, 3);
    boot();
    Path entries = fixture.boot.resolve("loader/entries");
    Files.move(entries.resolve("tiu-2+2-1.conf"), entries.resolve("tiu-2.conf"));
    assertThat(loader.state().isDefault()).hasValue(1);
    assertThat(loader.state().trial()).hasValue(new LoaderState.Trial(2, 1));
    loader.disarm();
    assertThat(boot()).isEqualTo("tiu-1.conf");
    assertThat(loader.state().trial()).isEmpty();
  }

  @Test
  void trial_of_an_older_one_comes_first_too() throws IOException {
    publishTwo();
    loader.makeDefault(2);
    loader.publish(fixture.entry(3, "three"));
    loader.arm(1, 1);
    assertThat(boot()).isEqualTo("tiu-1+1-0.conf");
    assertThat(boot()).isEqualTo("tiu-2.conf");
  }

  @Test
  void default_boots_whatever_else_is_published() throws IOException {
    publishTwo();
    loader.publish(fixture.entry(11, "eleven"));
    loader.publish(fixture.entry(12, "twelve"));
    assertThat(boot()).isEqualTo("tiu-1.conf");
    loader.arm(11, 1);
    assertThat(boot()).isEqualTo("tiu-11+1-0.conf");
    assertThat(boot()).isEqualTo("tiu-1.conf");
    loader.makeDefault(12);
    assertThat(boot()).isEqualTo("tiu-12.conf");
  }

  @Test
  void switch_that_was_cut_off_after_its_sector_is_complete() throws IOException {
    publishTwo();
    loader.arm(2, 3);
    boot();
    // As makeDefault leaves it when the power goes right after the sector.
    new Sector(fixture.partition, dev.tiu.linux.BytePath.of("loader/loader.conf"))
        .write("default tiu-2[.+]*\n");
    assertThat(loader.state().isDefault()).hasValue(2);
    assertThat(loader.state().trial()).isEmpty();
    assertThat(boot()).isEqualTo("tiu-2+2-1.conf");
    loader.publish(fixture.entry(3, "three"));
    assertThat(boot()).isEqualTo("tiu-2.conf");
  }

  @Test
  void entry_of_the_default_that_a_fat_lost_in_the_switch_leaves_the_last_one() throws IOException {
    publishTwo();
    loader.makeDefault(2);
    Files.delete(fixture.boot.resolve("loader/entries/tiu-2.conf"));
    assertThat(boot()).isEqualTo("tiu-old-1.conf");
    loader.publish(fixture.entry(2, "two"));
    assertThat(boot()).isEqualTo("tiu-2.conf");
  }

  @Test
  void lines_of_the_admins_are_kept_and_one_that_would_win_is_refused() throws IOException {
    Files.createDirectories(conf().getParent());
    Files.writeString(conf(), "timeout 3\neditor no\n");
    publishTwo();
    assertThat(Files.readString(conf())).contains("timeout 3\neditor no\n");
    String before = Files.readString(conf());
    Files.writeString(conf(), before + "default other.conf\n");
    assertThatThrownBy(() -> loader.makeDefault(2))
        .hasMessageContaining("default other.conf")
        .hasMessageContaining("Remove that line");
    assertThatThrownBy(() -> loader.arm(2, 3)).hasMessageContaining("default other.conf");
    assertThatThrownBy(loader::requireReady).hasMessageContaining("default other.conf");
  }

  @Test
  void what_boots_stays_as_an_earlier_tiu_wrote_it() throws IOException {
    publishTwo();
    Path booted = fixture.boot.resolve("loader/entries/tiu-1.conf");
    String earlier = Files.readString(booted) + "# of an earlier tiu\n";
    Files.writeString(booted, earlier);
    Path other = booted.resolveSibling("tiu-old-2.conf");
    String now = Files.readString(other);
    Files.writeString(other, now + "# of an earlier tiu\n");
    loader.publish(fixture.entry(3, "three"));
    assertThat(booted).hasContent(earlier);
    assertThat(other).hasContent(now);
  }

  @Test
  void change_of_what_boots_changes_one_sector_of_a_file_that_stays() throws IOException {
    publishTwo();
    Object inode = Files.getAttribute(conf(), "unix:ino");
    loader.arm(2, 3);
    loader.makeDefault(2);
    assertThat(Files.getAttribute(conf(), "unix:ino")).isEqualTo(inode);
    assertThat(Files.size(conf())).isEqualTo(512);
  }

  @Test
  void entries_of_others_and_the_random_seed_are_left_alone() throws IOException {
    Path entries = Files.createDirectories(fixture.boot.resolve("loader/entries"));
    Files.writeString(entries.resolve("windows.conf"), "title other\n");
    Files.writeString(fixture.boot.resolve("loader/random-seed"), "seed");
    publishTwo();
    loader.retract(Set.of(2));
    assertThat(entries.resolve("windows.conf")).hasContent("title other");
    assertThat(fixture.boot.resolve("loader/random-seed")).hasContent("seed");
  }

  @Test
  void under_u_boot_nothing_is_tried_because_it_would_never_end() throws IOException {
    Path variables = Files.createDirectory(fixture.boot.resolveSibling("efivars"));
    variable(variables, "LoaderFirmwareInfo", "Das U-Boot 20230.2");
    SystemdBoot loader =
        new SystemdBoot(fixture.partition, new LoaderVariables(Optional.of(variables)));
    loader.publish(fixture.entry(1, "one"));
    loader.makeDefault(1);
    loader.publish(fixture.entry(2, "two"));
    assertThat(loader.counting()).isEqualTo(Counting.NONE);
    assertThatThrownBy(() -> loader.arm(2, 3)).hasMessageContaining("doesn't count tries");
    loader.makeDefault(2);
    assertThat(boot()).isEqualTo("tiu-2.conf");
  }

  @Test
  void default_that_was_there_before_tiu_gives_way_and_stays_as_a_comment() throws IOException {
    loader.publish(fixture.entry(1, "one"));
    Files.writeString(conf(), "timeout 3\ndefault 0f1e2d-*\nconsole-mode keep\n");
    assertThat(loader.firstChange(1))
        .containsExactly(
            "--- loader/loader.conf",
            "+++ loader/loader.conf",
            "+default tiu-1[.+]*",
            " timeout 3",
            "-default 0f1e2d-*",
            "+#default 0f1e2d-*",
            " console-mode keep");
    loader.makeDefault(1);
    assertThat(conf())
        .content()
        .contains("\ndefault tiu-1[.+]*\n")
        .endsWith("timeout 3\n#default 0f1e2d-*\nconsole-mode keep\n");
    assertThat(loader.firstChange(1)).isEmpty();
  }

  @Test
  void default_that_the_firmware_keeps_is_refused() throws IOException {
    publishTwo();
    Path variables = Files.createDirectory(fixture.boot.resolveSibling("efivars"));
    variable(variables, "LoaderEntryDefault", "windows.conf");
    SystemdBoot loader =
        new SystemdBoot(fixture.partition, new LoaderVariables(Optional.of(variables)));
    assertThatThrownBy(() -> loader.makeDefault(2))
        .hasMessageContaining("windows.conf")
        .hasMessageContaining("bootctl set-default");
  }

  private static void variable(Path place, String name, String value) throws IOException {
    byte[] text = ("\u0007\0" + value + "\0").getBytes(StandardCharsets.UTF_16LE);
    Files.write(place.resolve(name + "-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"), text);
  }
}
