package dev.tiu.boot.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.boot.BootException;
import dev.tiu.boot.loader.BootLoaders.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Machines that have had a GRUB before tiu. */
final class GrubHookTest extends OnBootPartition {
  private static final String DEBIAN =
      """
      search.fs_uuid 0b7f1c6e-3c2f-4f0e-9d5b-2f6f1c9a7e11 root hd0,gpt2\s
      set prefix=($root)'/@rootfs/boot/grub'
      configfile $prefix/grub.cfg
      """;
  private static final String SUSE =
      """
      set btrfs_relative_path="yes"
      search --fs-uuid --set=root 0b7f1c6e-3c2f-4f0e-9d5b-2f6f1c9a7e11
      set prefix=(${root})/boot/grub2
      source "${prefix}/grub.cfg"
      """;
  private static final String GENERATED =
      """
      menuentry 'Debian' --id gnulinux-simple { true }
      if [ -f  ${config_directory}/custom.cfg ]; then
        source ${config_directory}/custom.cfg
      fi
      """;

  private void has(String path, String content) throws IOException {
    Files.createDirectories(fixture.boot.resolve(path).getParent());
    Files.writeString(fixture.boot.resolve(path), content);
  }

  private String content(String path) throws IOException {
    return Files.readString(fixture.boot.resolve(path));
  }

  private void makeDefault() throws IOException {
    assertThat(new BootLoaders(fixture.partition, false, Optional.empty()).detect())
        .contains(Kind.GRUB);
    Grub grub = new Grub(fixture.partition);
    grub.publish(fixture.entry(1, "one"));
    grub.makeDefault(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"debian", "opensuse", "BOOT"})
  void lines_on_an_esp_that_lead_to_a_system_lead_to_the_snapshots_first(String vendor)
      throws Exception {
    String stub = vendor.equals("opensuse") ? SUSE : DEBIAN;
    has("EFI/" + vendor + "/grub.cfg", stub);
    makeDefault();
    assertThat(content("EFI/" + vendor + "/grub.cfg"))
        .hasSize(512)
        .containsSubsequence(
            "if search ", " /tiu/grub.cfg; then", "source /tiu/grub.cfg", "else\n", stub, "fi\n#");
  }

  @Test
  void publishing_alone_changes_no_file_of_the_machines() throws Exception {
    has("EFI/debian/grub.cfg", DEBIAN);
    Grub grub = new Grub(fixture.partition);
    grub.publish(fixture.entry(1, "one"));
    assertThat(content("EFI/debian/grub.cfg")).isEqualTo(DEBIAN);
    assertThat(grub.firstChange(1))
        .startsWith("--- EFI/debian/grub.cfg", "+++ EFI/debian/grub.cfg")
        .contains("+source /tiu/grub.cfg", " configfile $prefix/grub.cfg");
  }

  @Test
  void what_was_added_once_stays_as_it_is() throws Exception {
    has("EFI/debian/grub.cfg", DEBIAN);
    makeDefault();
    Map<String, String> once = fixture.everything();
    makeDefault();
    assertThat(fixture.everything()).isEqualTo(once);
    assertThat(new Grub(fixture.partition).firstChange(1)).isEmpty();
  }

  @Test
  void cut_off_before_the_sector_the_lines_are_the_old_ones_and_the_next_run_ends_it()
      throws Exception {
    has("EFI/debian/grub.cfg", DEBIAN + "\n" + "#".repeat(511 - DEBIAN.length()));
    makeDefault();
    assertThat(content("EFI/debian/grub.cfg"))
        .hasSize(512)
        .contains("source /tiu/grub.cfg", DEBIAN);
  }

  @Test
  void copy_in_efi_boot_is_the_same_system() throws Exception {
    has("EFI/debian/grub.cfg", DEBIAN);
    has("EFI/BOOT/grub.cfg", DEBIAN);
    makeDefault();
    assertThat(content("EFI/BOOT/grub.cfg")).contains("source /tiu/grub.cfg");
    assertThat(content("EFI/debian/grub.cfg")).contains("source /tiu/grub.cfg");
  }

  @Test
  void of_several_systems_none_is_changed_unless_one_leads_to_tiu_already() throws Exception {
    has("EFI/debian/grub.cfg", DEBIAN);
    has("EFI/opensuse/grub.cfg", SUSE);
    assertThatThrownBy(this::makeDefault)
        .isInstanceOf(BootException.class)
        .hasMessageContaining("several systems: EFI/debian/grub.cfg, EFI/opensuse/grub.cfg")
        .hasMessageContaining("source /tiu/grub.cfg");
    assertThatThrownBy(new Grub(fixture.partition)::requireReady).hasMessageContaining("several");
    assertThat(new Grub(fixture.partition).state().isDefault()).isEmpty();
    assertThat(content("EFI/debian/grub.cfg")).isEqualTo(DEBIAN);

    has("EFI/opensuse/grub.cfg", "  source ($root)/tiu/grub.cfg\n");
    makeDefault();
    assertThat(content("EFI/debian/grub.cfg")).isEqualTo(DEBIAN);
  }

  @Test
  void script_too_long_for_a_sector_is_a_persons_to_change() throws Exception {
    has("EFI/debian/grub.cfg", DEBIAN + "# by an admin\n".repeat(30));
    assertThatThrownBy(this::makeDefault)
        .hasMessageContaining("EFI/debian/grub.cfg on the boot partition is longer");
  }

  @ParameterizedTest
  @ValueSource(strings = {"grub", "grub2"})
  void partition_of_its_own_for_boot_has_the_snapshots_in_custom_cfg(String name) throws Exception {
    has(name + "/grub.cfg", GENERATED);
    has(name + "/custom.cfg", "set color_normal=red/black");
    makeDefault();
    assertThat(content(name + "/grub.cfg")).isEqualTo(GENERATED);
    assertThat(content(name + "/custom.cfg"))
        .startsWith("set color_normal=red/black\n# tiu: ")
        .contains("  source /tiu/grub.cfg\n");
    Map<String, String> once = fixture.everything();
    makeDefault();
    assertThat(fixture.everything()).isEqualTo(once);
  }

  @Test
  void generated_script_that_reads_no_custom_cfg_is_refused() throws Exception {
    has("grub/grub.cfg", "menuentry 'Debian' { true }\n");
    assertThatThrownBy(this::makeDefault)
        .hasMessageContaining("grub/grub.cfg on the boot partition doesn't read a custom.cfg");
  }

  @Test
  void where_nothing_else_lies_nothing_is_added() throws Exception {
    Grub grub = new Grub(fixture.partition);
    grub.publish(fixture.entry(1, "one"));
    grub.makeDefault(1);
    assertThat(fixture.boot.resolve("EFI")).doesNotExist();
    assertThat(fixture.boot.resolve("grub")).doesNotExist();
  }
}
