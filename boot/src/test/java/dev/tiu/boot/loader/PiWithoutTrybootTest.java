package dev.tiu.boot.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.boot.initrd.CountingInitrds;
import dev.tiu.boot.loader.LoaderState.Trial;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Raspberry Pi whose kernel can't ask for a trial: the initrd counts, and puts back. */
final class PiWithoutTrybootTest extends BootLoaderContract {
  @Override
  BootLoader open(Dir partition) {
    return open(partition, "counted");
  }

  private BootLoader open(Dir partition, String mark) {
    return new PiFirmware(
        partition, Counting.TRIES, once -> {}, () -> "0123-ABCD", fixture.boot.resolve(mark));
  }

  @BeforeEach
  void let_initrds_count() {
    fixture.beginInitrds(CountingInitrds.start());
  }

  private Path file(String name) {
    return fixture.boot.resolve(name);
  }

  private String text(String name) throws IOException {
    return Files.readString(file(name));
  }

  /** The counter as the initrd leaves it. */
  private void count(int left) throws IOException {
    Files.writeString(
        file("tiu/tries"), text("tiu/tries").replaceFirst("left=[0-9]", "left=" + left));
  }

  /** What the initrd does when no boot is left. */
  private void putBack() throws IOException {
    String config = text("config.txt");
    Files.writeString(file("config.txt"), text("tiu/config.back") + config.substring(512));
  }

  @Test
  void config_names_the_trial_and_its_command_line_tells_the_initrd() throws IOException {
    Files.writeString(file("config.txt"), "dtparam=audio=on\n");
    publishTwo();
    String before = text("config.txt");
    loader.arm(2, 3);
    String config = text("config.txt");
    String line = config.replaceFirst("(?s).*\ncmdline=/(\\S+)\n.*", "$1");
    assertThat(line).matches("tiu/cmdline/2-[0-9a-f]{8}-trial\\.txt");
    assertThat(file(line))
        .hasContent(BootFixture.ARGUMENTS.formatted(2) + " tiu.trial=2 tiu.boot=0123-ABCD");
    assertThat(config).endsWith("dtparam=audio=on\n");
    assertThat(text("tiu/config.back")).isEqualTo(before.substring(0, 512));
    assertThat(text("tiu/tries")).hasSize(512).contains("\ntrial=2\nleft=3\n");
    assertThat(loader.state().trial()).contains(new Trial(2, 3));
  }

  @Test
  void mark_as_good_is_one_sector_and_the_counter_goes() throws IOException {
    publishTwo();
    loader.arm(2, 3);
    count(1);
    loader.makeDefault(2);
    assertThat(text("config.txt")).contains("cmdline=/tiu/cmdline/2-").doesNotContain("-trial");
    assertThat(text("tiu/tries")).doesNotContain("left=");
    assertThat(loader.state().trial()).isEmpty();
    assertThat(file("tiu/cmdline")).isDirectoryNotContaining("glob:**-trial.txt");
  }

  @Test
  void counter_of_the_initrd_shows_and_its_end_too() throws IOException {
    publishTwo();
    loader.arm(2, 3);
    count(1);
    assertThat(loader.state().trial()).contains(new Trial(2, 1));
    count(0);
    assertThat(loader.state().trial()).as("on its last boot").contains(new Trial(2, 0));
    putBack();
    assertThat(loader.state().isDefault()).hasValue(1);
    assertThat(loader.state().trial()).as("over").contains(new Trial(2, 0));
    loader.disarm();
    assertThat(loader.state().trial()).isEmpty();
  }

  @Test
  void what_config_names_keeps_its_files_also_without_a_try_left() throws IOException {
    publishTwo();
    loader.arm(2, 1);
    count(0);
    assertThatThrownBy(() -> loader.retract(Set.of(2))).hasMessageContaining("Snapshot 2");
    assertThatThrownBy(() -> loader.publish(fixture.entry(2, "another")))
        .hasMessageContaining("can't be replaced now");
    loader.publish(fixture.entry(3, "three"));
    assertThat(file("tiu/cmdline")).isDirectoryContaining("glob:**-trial.txt");
  }

  @Test
  void counter_that_is_damaged_or_anothers_leaves_no_try() throws IOException {
    publishTwo();
    loader.arm(2, 3);
    String whole = text("tiu/tries");
    for (String bad :
        new String[] {
          "", whole.substring(0, 300), whole.replace("trial=2", "trial=3"), "\0".repeat(512)
        }) {
      Files.writeString(file("tiu/tries"), bad);
      assertThat(loader.state().trial()).as(bad).contains(new Trial(2, 0));
      assertThat(loader.state().isDefault()).hasValue(1);
    }
  }

  @Test
  void arming_cut_off_before_the_switch_has_nothing_on_trial() throws IOException {
    publishTwo();
    String before = text("config.txt");
    loader.arm(2, 3);
    Files.writeString(file("config.txt"), before);
    assertThat(loader.state().trial()).isEmpty();
    assertThat(loader.state().isDefault()).hasValue(1);
    loader.arm(2, 2);
    assertThat(loader.state().trial()).contains(new Trial(2, 2));
  }

  /** Each write is taken away again, the last one first: as a power cut before it leaves it. */
  @Test
  void calling_off_cut_off_after_the_switch_marks_nothing_that_had_tries_left() throws IOException {
    publishTwo();
    loader.arm(2, 3);
    Map<String, String> armed = fixture.everything();
    loader.disarm();
    Files.writeString(file("tiu/tries"), armed.getOrDefault("tiu/tries", ""));
    assertThat(loader.state().trial()).isEmpty();
    assertThat(loader.state().isDefault()).hasValue(1);
  }

  @Test
  void mark_as_good_cut_off_after_the_switch_has_nothing_on_trial() throws IOException {
    publishTwo();
    loader.arm(2, 1);
    count(0);
    String counter = text("tiu/tries");
    loader.makeDefault(2);
    Files.writeString(file("tiu/tries"), counter);
    assertThat(loader.state().isDefault()).hasValue(2);
    assertThat(loader.state().trial()).isEmpty();
  }

  @Test
  void boot_that_was_not_counted_is_the_last_one() throws IOException {
    publishTwo();
    loader.arm(2, 3);
    Files.writeString(file("here"), "");
    assertThat(open(fixture.partition, "here").endIfUncounted()).isFalse();
    assertThat(loader.endIfUncounted()).isTrue();
    assertThat(loader.state().isDefault()).hasValue(1);
    assertThat(text("config.txt")).doesNotContain("-trial");
    assertThat(loader.state().trial()).as("over, and to be noted").contains(new Trial(2, 0));
    assertThat(loader.endIfUncounted()).isFalse();
  }

  @Test
  void initrd_that_can_not_count_is_not_tried() throws IOException {
    fixture.beginInitrds("");
    publishTwo();
    String before = text("config.txt");
    assertThatThrownBy(() -> loader.arm(2, 3))
        .isInstanceOf(UntriableException.class)
        .hasMessageContaining("no initrd for kernel8.img that counts its boots")
        .hasMessageContaining("Debian's");
    assertThatThrownBy(() -> loader.requireTriable(2)).isInstanceOf(UntriableException.class);
    assertThat(text("config.txt")).isEqualTo(before);
    loader.makeDefault(2);
    assertThat(loader.state().isDefault()).hasValue(2);
  }

  @Test
  void another_script_of_the_initrd_would_not_count() throws IOException {
    publishTwo();
    loader.publish(fixture.entry(3, "three", "quiet boot=live"));
    assertThatThrownBy(() -> loader.arm(3, 3)).hasMessageContaining("say boot=");
    assertThat(loader.state().trial()).isEmpty();
  }

  @Test
  void default_that_can_not_be_put_back_is_chosen_by_number() throws IOException {
    publishTwo();
    loader.arm(2, 3);
    Files.writeString(file("tiu/config.back"), "damaged");
    assertThatThrownBy(() -> loader.disarm()).hasMessageContaining("tiu rollback NUMBER");
    loader.makeDefault(1);
    assertThat(loader.state().isDefault()).hasValue(1);
    assertThat(loader.state().trial()).isEmpty();
  }

  @Test
  void weakness_is_said() {
    assertThat(loader.weakness().orElseThrow()).contains("isn't counted");
  }

  @Test
  void fat_is_known_by_the_id_in_its_first_sector() {
    byte[] sector = new byte[512];
    sector[510] = 0x55;
    sector[511] = (byte) 0xaa;
    System.arraycopy(new byte[] {'F', 'A', 'T', '3', '2'}, 0, sector, 82, 5);
    System.arraycopy(new byte[] {0x4d, 0x3c, 0x2b, (byte) 0x1a}, 0, sector, 67, 4);
    assertThat(FatVolume.id(sector)).contains("1A2B-3C4D");
    assertThat(FatVolume.id(new byte[512])).isEmpty();
    assertThat(FatVolume.id(new byte[10])).isEmpty();
  }
}
