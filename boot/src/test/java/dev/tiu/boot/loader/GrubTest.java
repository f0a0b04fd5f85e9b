package dev.tiu.boot.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class GrubTest extends BootLoaderContract {
  private static final UUID BTRFS = UUID.fromString("0b7f1c6e-3c2f-4f0e-9d5b-2f6f1c9a7e11");

  @Override
  BootLoader open(Dir partition) {
    return new Grub(partition);
  }

  private static BootEntry inPlace(int number) {
    BytePath place = BytePath.of("@/.snapshots/" + number);
    return new BootEntry(
        number,
        "System",
        new InPlace(
            BTRFS,
            place.resolve("snapshot/boot/vmlinuz-6.1"),
            Optional.of(place.resolve("tiu/initrd-6.1"))),
        "quiet");
  }

  @Test
  void kernel_on_the_btrfs_is_started_from_there_and_takes_no_room() throws IOException {
    assertThat(loader.missingBytes(inPlace(7))).isZero();
    loader.publish(inPlace(7));
    loader.makeDefault(7);
    assertThat(loader.state().published()).containsExactly(7);
    assertThat(fixture.sets()).isEmpty();
    assertThat(fixture.boot.resolve("tiu/grub/7.cfg"))
        .content()
        .contains(
            "set btrfs_relative_path=n\n",
            "search --no-floppy --fs-uuid --set=tiu_btrfs " + BTRFS + "\n",
            "linux \"(${tiu_btrfs})\"'/@/.snapshots/7/snapshot/boot/vmlinuz-6.1' 'quiet'\n",
            "initrd \"(${tiu_btrfs})\"'/@/.snapshots/7/tiu/initrd-6.1'\n");
  }

  @Test
  void copied_kernel_and_one_on_the_btrfs_are_in_one_menu() throws IOException {
    loader.publish(fixture.entry(1, "one"));
    loader.makeDefault(1);
    loader.publish(inPlace(2));
    loader.arm(2, 3);
    loader.makeDefault(2);
    assertThat(fixture.sets()).hasSize(1);
    loader.retract(Set.of(1));
    assertThat(fixture.sets()).isEmpty();
    assertThat(loader.state().published()).containsExactly(2);
  }

  @Test
  void default_on_the_btrfs_is_not_replaced_by_another() throws IOException {
    loader.publish(inPlace(1));
    loader.makeDefault(1);
    loader.publish(inPlace(1));
    assertThatThrownBy(() -> loader.publish(fixture.entry(1, "one")))
        .hasMessageContaining("can't be replaced now");
  }

  @Test
  void entry_with_a_torn_line_is_none() throws IOException {
    loader.publish(inPlace(1));
    java.nio.file.Path entry = fixture.boot.resolve("tiu/entries/1");
    String text = java.nio.file.Files.readString(entry);
    java.nio.file.Files.writeString(entry, text.replace(BTRFS.toString(), "nothing"));
    assertThat(loader.state().published()).isEmpty();
  }

  @Test
  void other_loaders_refuse_kernels_on_the_btrfs() {
    assertThatThrownBy(() -> new Extlinux(fixture.partition).publish(inPlace(1)))
        .hasMessageContaining("extlinux doesn't read that");
  }
}
