package dev.tiu.e2e.pi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.e2e.machine.FirmwareStuckException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each rule of the firmware's that a boot loader relies on, or must not run into. */
final class PiBootTest {
  private final Map<String, String> files = new HashMap<>();
  private final Map<Integer, Optional<BootFiles>> partitions = new HashMap<>();
  private PiModel model = PiModel.PI4;
  private boolean gpt;
  private boolean walk;

  /** A card with two systems, of which config.txt names the first. */
  @BeforeEach
  void makeCard() {
    partitions.put(1, Optional.of(fat(files)));
    partitions.put(2, Optional.empty());
    write("start4.elf", "");
    system("tiu/a/");
    system("tiu/b/");
    write("config.txt", "os_prefix=tiu/a/\n");
    write("tryboot.txt", "os_prefix=tiu/b/\n");
  }

  private static BootFiles fat(Map<String, String> files) {
    return path ->
        Optional.ofNullable(files.get(path.toLowerCase(Locale.ROOT)))
            .map(content -> content.getBytes(UTF_8));
  }

  private void write(String path, String content) {
    files.put(path.toLowerCase(Locale.ROOT), content);
  }

  private void system(String prefix) {
    write(prefix + "kernel8.img", "");
    write(prefix + "bcm2711-rpi-4-b.dtb", "");
    write(prefix + "cmdline.txt", "system=" + prefix + "\n");
  }

  private PiSelection boot(String rebootArgument) throws FirmwareStuckException {
    return new PiBoot(model, PiCard.of(gpt, partitions), walk).choose(rebootArgument);
  }

  private PiSelection boot() throws FirmwareStuckException {
    return boot("");
  }

  // --- tryboot

  @Test
  void without_the_flag_config_txt_counts() throws Exception {
    assertThat(boot().config()).isEqualTo("config.txt");
    assertThat(boot().commandLine()).isEqualTo("system=tiu/a/");
    assertThat(boot().tryboot()).isFalse();
  }

  @Test
  void with_the_flag_tryboot_txt_counts_instead() throws Exception {
    assertThat(boot("0 tryboot").config()).isEqualTo("tryboot.txt");
    assertThat(boot("0 tryboot").commandLine()).isEqualTo("system=tiu/b/");
    assertThat(boot("0 tryboot").tryboot()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tryboot", "0", "0tryboot", "now"})
  void flag_needs_a_space_before_the_word(String argument) throws Exception {
    assertThat(boot(argument).tryboot()).isFalse();
  }

  @Test
  void flag_without_tryboot_txt_stops_the_board() {
    files.remove("tryboot.txt");
    assertThatThrownBy(() -> boot("0 tryboot"))
        .isInstanceOf(FirmwareStuckException.class)
        .hasMessage("no tryboot.txt on partition 1");
  }

  @Test
  void tryboot_a_b_reads_config_txt_of_another_partition() throws Exception {
    Map<String, String> other = new HashMap<>(files);
    other.put("config.txt", "os_prefix=tiu/b/\n");
    partitions.put(3, Optional.of(fat(other)));
    write("autoboot.txt", "[all]\ntryboot_a_b=1\nboot_partition=1\n[tryboot]\nboot_partition=3\n");
    assertThat(boot().partition()).isEqualTo(1);
    PiSelection trial = boot("0 tryboot");
    assertThat(trial.partition()).isEqualTo(3);
    assertThat(trial.config()).isEqualTo("config.txt");
    assertThat(trial.commandLine()).isEqualTo("system=tiu/b/");
  }

  @Test
  void filter_of_config_txt_sees_the_flag() throws Exception {
    write("tryboot.txt", "os_prefix=tiu/a/\n[tryboot]\nos_prefix=tiu/b/\n");
    write("config.txt", "os_prefix=tiu/a/\n[tryboot]\nos_prefix=tiu/b/\n");
    assertThat(boot("0 tryboot").prefix()).isEqualTo("tiu/b/");
    assertThat(boot().prefix()).isEqualTo("tiu/a/");
  }

  @Test
  void gpt_is_no_ground_for_tryboot_or_autoboot() throws Exception {
    gpt = true;
    assertThat(boot().prefix()).isEqualTo("tiu/a/");
    assertThatThrownBy(() -> boot("0 tryboot")).hasMessageContaining("the card needs an MBR");
    write("autoboot.txt", "");
    assertThatThrownBy(this::boot).hasMessageContaining("the card needs an MBR");
  }

  // --- partitions

  @Test
  void autoboot_txt_names_the_partition_unless_the_reboot_did() throws Exception {
    partitions.put(3, Optional.of(fat(new HashMap<>(files))));
    partitions.put(4, Optional.of(fat(new HashMap<>(files))));
    write("autoboot.txt", "boot_partition=3\n");
    assertThat(boot().partition()).isEqualTo(3);
    assertThat(boot("4").partition()).isEqualTo(4);
    assertThat(boot("0 tryboot").partition()).isEqualTo(3);
  }

  @Test
  void autoboot_txt_ends_after_512_bytes() throws Exception {
    partitions.put(3, Optional.of(fat(new HashMap<>(files))));
    write("autoboot.txt", ("#" + "x".repeat(62) + "\n").repeat(8) + "boot_partition=3\n");
    assertThat(boot().partition()).isEqualTo(1);
  }

  @Test
  void autoboot_txt_knows_few_filters() throws Exception {
    partitions.put(3, Optional.of(fat(new HashMap<>(files))));
    write("autoboot.txt", "[pi4]\nboot_partition=3\n");
    assertThat(boot().partition()).isEqualTo(1);
    write("autoboot.txt", "[none]\nboot_partition=9\n[all]\nboot_partition=3\n");
    assertThat(boot().partition()).isEqualTo(3);
  }

  @Test
  void first_bootable_fat_is_taken_when_nobody_says() throws Exception {
    partitions.put(3, Optional.of(fat(new HashMap<>(files))));
    files.remove("start4.elf");
    assertThat(boot().partition()).isEqualTo(3);
  }

  @Test
  void partition_that_is_not_bootable_falls_back_to_the_first() throws Exception {
    write("autoboot.txt", "boot_partition=2\n");
    assertThat(boot().partition()).isEqualTo(1);
  }

  @Test
  void walk_takes_any_other_bootable_partition() throws Exception {
    partitions.put(3, Optional.of(fat(new HashMap<>(files))));
    write("autoboot.txt", "boot_partition=2\n");
    files.remove("start4.elf");
    assertThatThrownBy(this::boot).hasMessage("partition 2 is not bootable");
    walk = true;
    assertThat(boot().partition()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({"PI3,start.elf", "PI4,start4.elf", "PI5,config.txt"})
  void each_board_knows_a_bootable_partition_by_another_file(PiModel board, String file) {
    model = board;
    files.remove(file);
    assertThatThrownBy(this::boot).hasMessageContaining("is not bootable");
  }

  // --- config.txt

  @Test
  void line_is_cut_after_98_characters() throws Exception {
    String prefix = "tiu/" + "x".repeat(83) + "/";
    system(prefix);
    write("config.txt", "os_prefix=" + prefix + "\n");
    assertThat(boot().prefix()).as("98 characters").isEqualTo(prefix);

    String longer = "tiu/" + "x".repeat(84) + "/";
    system(longer);
    system("");
    write("config.txt", "os_prefix=" + longer + "\n");
    assertThat(boot().prefix()).as("99: the slash is cut off").isEmpty();
  }

  @Test
  void filters_of_one_kind_replace_and_of_several_combine() throws Exception {
    write("config.txt", "[pi5]\nos_prefix=x/\n[pi4]\nos_prefix=tiu/a/\n");
    assertThat(boot().prefix()).isEqualTo("tiu/a/");
    write("config.txt", "os_prefix=tiu/a/\n[tryboot]\n[pi4]\nos_prefix=tiu/b/\n");
    assertThat(boot().prefix()).as("pi4, but no tryboot").isEqualTo("tiu/a/");
    write(
        "config.txt", "[none]\nos_prefix=tiu/b/\n[pi4]\nos_prefix=tiu/b/\n[all]\nos_prefix=tiu/a/");
    assertThat(boot().prefix()).as("all ends them").isEqualTo("tiu/a/");
  }

  @Test
  void last_setting_counts_and_comments_do_not() throws Exception {
    write("config.txt", "os_prefix=tiu/b/\nos_prefix=tiu/a/\n#os_prefix=tiu/b/\n");
    assertThat(boot().prefix()).isEqualTo("tiu/a/");
  }

  @Test
  void include_is_not_for_the_loader_in_the_eeprom() throws Exception {
    write("config.txt", "include own.txt\n");
    write("own.txt", "os_prefix=tiu/b/\n");
    assertThat(boot().prefix()).isEqualTo("tiu/b/");

    model = PiModel.PI5;
    write("kernel8.img", "");
    write("bcm2712-rpi-5-b.dtb", "");
    write("tiu/b/bcm2712-rpi-5-b.dtb", "");
    assertThat(boot().prefix()).isEmpty();
  }

  // --- os_prefix

  @ParameterizedTest
  @ValueSource(strings = {"kernel8.img", "bcm2711-rpi-4-b.dtb"})
  void prefix_without_kernel_or_device_tree_is_silently_ignored(String missing) throws Exception {
    system("");
    files.remove("tiu/a/" + missing);
    assertThat(boot().prefix()).isEmpty();
    assertThat(boot().kernel()).isEqualTo("kernel8.img");
    assertThat(boot().commandLine()).as("of the root directory").isEqualTo("system=");
  }

  @Test
  void broken_prefix_with_nothing_in_the_root_directory_stops_the_board() {
    files.remove("tiu/a/kernel8.img");
    assertThatThrownBy(this::boot).hasMessage("no [kernel8.img] on partition 1");
  }

  @Test
  void prefix_needs_its_slash() throws Exception {
    system("");
    write("config.txt", "os_prefix=tiu/a\n");
    assertThat(boot().prefix()).isEmpty();
  }

  @Test
  void name_with_a_slash_goes_past_the_prefix() throws Exception {
    write("config.txt", "os_prefix=tiu/a/\nkernel=/shared/vmlinuz\ncmdline=/cmdline-a.txt\n");
    write("shared/vmlinuz", "");
    write("cmdline-a.txt", "quiet");
    assertThat(boot().kernel()).isEqualTo("shared/vmlinuz");
    assertThat(boot().deviceTree()).isEqualTo("tiu/a/bcm2711-rpi-4-b.dtb");
    assertThat(boot().commandLine()).isEqualTo("quiet");
  }

  @Test
  void overlays_follow_the_prefix_only_with_a_readme() throws Exception {
    assertThat(boot().overlays()).isEqualTo("overlays/");
    write("tiu/a/overlays/README", "");
    assertThat(boot().overlays()).isEqualTo("tiu/a/overlays/");
  }

  @Test
  void names_are_the_same_in_any_case() throws Exception {
    write("config.txt", "os_prefix=TIU/A/\nkernel=KERNEL8.IMG\n");
    assertThat(boot().kernel()).isEqualTo("TIU/A/KERNEL8.IMG");
  }

  // --- what goes to the kernel

  @Test
  void initramfs_has_no_equals_sign() throws Exception {
    write("tiu/a/initrd.img", "");
    write("config.txt", "os_prefix=tiu/a/\ninitramfs initrd.img followkernel\n");
    assertThat(boot().initramfs()).contains("tiu/a/initrd.img");
    write("config.txt", "os_prefix=tiu/a/\ninitramfs=initrd.img\n");
    assertThat(boot().initramfs()).isEmpty();
  }

  @Test
  void auto_initramfs_goes_by_the_kernels_name() throws Exception {
    write("tiu/a/initramfs8", "");
    write("config.txt", "os_prefix=tiu/a/\nauto_initramfs=1\n");
    assertThat(boot().initramfs()).contains("tiu/a/initramfs8");
    files.remove("tiu/a/initramfs8");
    assertThat(boot().initramfs()).isEmpty();
  }

  @Test
  void only_the_first_line_of_cmdline_txt_counts() throws Exception {
    write("tiu/a/cmdline.txt", "root=one quiet\nroot=two\n");
    assertThat(boot().commandLine()).isEqualTo("root=one quiet");
  }

  @Test
  void cmdline_that_was_removed_leaves_the_kernel_without_arguments() throws Exception {
    write("config.txt", "os_prefix=tiu/a/\ncmdline=gone.txt\n");
    assertThat(boot().commandLine()).isEmpty();
  }

  @Test
  void pi_5_prefers_its_own_kernel() throws Exception {
    model = PiModel.PI5;
    write("tiu/a/bcm2712-rpi-5-b.dtb", "");
    assertThat(boot().kernel()).isEqualTo("tiu/a/kernel8.img");
    write("tiu/a/kernel_2712.img", "");
    assertThat(boot().kernel()).isEqualTo("tiu/a/kernel_2712.img");
  }

  @Test
  void board_without_a_device_tree_for_it_stops() {
    write("config.txt", "os_prefix=tiu/a/\ndevice_tree=other.dtb\n");
    write("kernel8.img", "");
    assertThatThrownBy(this::boot).hasMessage("no other.dtb on partition 1");
  }
}
