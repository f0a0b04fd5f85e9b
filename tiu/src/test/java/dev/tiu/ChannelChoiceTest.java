package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.bundle.Channel;
import dev.tiu.bundle.Version;
import dev.tiu.snapshot.Snapshot;
import dev.tiu.snapshot.SnapshotInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A kiosk on x86_64 with version 2, image 2…2, before channels of all kinds. */
final class ChannelChoiceTest {
  private static final String INSTALLED = "2".repeat(64);

  private static InstalledSystem device(List<String> names, Optional<Version> version) {
    SnapshotInfo info =
        new SnapshotInfo(
            1,
            "single",
            OptionalInt.empty(),
            Instant.EPOCH,
            OptionalInt.empty(),
            "",
            Optional.empty(),
            new TreeMap<>(Map.of("tiu-image", INSTALLED, "tiu-version", "2")));
    return new InstalledSystem(
        new Snapshot(info, Optional.empty(), Optional.empty(), true, true),
        Configuration.DEFAULT,
        names,
        List.of("x86_64"),
        version,
        Optional.empty());
  }

  private static final InstalledSystem KIOSK =
      device(List.of("kiosk"), Optional.of(new Version("2")));

  private static Channel.ImageFile image(String file, String version) {
    return image(file, version, Optional.empty(), "x86_64", "kiosk");
  }

  private static Channel.ImageFile image(
      String file, String version, Optional<String> least, String architecture, String pattern) {
    String id = (file.equals("installed") ? "2" : "f").repeat(64);
    return new Channel.ImageFile(
        file, id, new Version(version), least.map(Version::new), architecture, List.of(pattern), 1);
  }

  private static ChannelChoice choice(InstalledSystem system, Channel.ImageFile... images) {
    return new ChannelChoice(new Channel(List.of(images), List.of()), "here", system);
  }

  private static String newest(Channel.ImageFile... images) throws UnfitException {
    return choice(KIOSK, images).newest().file();
  }

  @Test
  void highest_version_is_chosen_wherever_it_stands() throws Exception {
    assertThat(newest(image("b", "3"), image("c", "10"), image("a", "9"))).isEqualTo("c");
  }

  @Test
  void of_one_version_the_installed_image_is_chosen_else_the_last_by_name() throws Exception {
    assertThat(newest(image("installed", "2"), image("x", "2"))).isEqualTo("installed");
    assertThat(newest(image("y", "2"), image("x", "2"))).isEqualTo("y");
  }

  @Test
  void images_for_others_are_passed_over() throws Exception {
    assertThat(
            newest(
                image("a", "3"),
                image("b", "9", Optional.empty(), "aarch64", "kiosk"),
                image("c", "9", Optional.empty(), "x86_64", "stand"),
                image("d", "9", Optional.of("3"), "x86_64", "kiosk")))
        .isEqualTo("a");
  }

  @Test
  void pattern_fits_any_of_the_device_names() throws Exception {
    InstalledSystem device = device(List.of("kiosk", "kiosk,large"), Optional.empty());
    Channel.ImageFile image = image("a", "3", Optional.of("9"), "x86_64", "kiosk,*");
    assertThat(choice(device, image).newest()).isEqualTo(image);
  }

  @Test
  void only_a_higher_version_is_newer_unless_nobody_knows_the_installed_one() {
    ChannelChoice choice = choice(KIOSK);
    assertThat(choice.isNewer(image("a", "2.1"))).isTrue();
    assertThat(choice.isNewer(image("a", "2"))).isFalse();
    assertThat(choice.isNewer(image("a", "1"))).isFalse();
    ChannelChoice unknown = choice(device(List.of("kiosk"), Optional.empty()));
    assertThat(unknown.isNewer(image("a", "1"))).isTrue();
  }

  @Test
  void nothing_for_the_device_is_said_with_what_it_is() {
    assertThatThrownBy(() -> newest(image("b", "9", Optional.empty(), "aarch64", "kiosk")))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("here has no image for kiosk on x86_64 among its 1 image");
  }

  @Test
  void nearest_version_that_would_do_is_named() {
    assertThatThrownBy(
            () ->
                newest(
                    image("a", "9", Optional.of("8"), "x86_64", "kiosk"),
                    image("b", "7", Optional.of("5"), "x86_64", "kiosk")))
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("version 2, which this device has; the nearest wants 5");
  }

  @Test
  void device_that_does_not_know_what_it_is_is_told_how_to_say_it() {
    assertThatThrownBy(() -> choice(device(List.of(), Optional.empty()), image("a", "3")).newest())
        .isInstanceOf(UnfitException.class)
        .hasMessageContaining("compatible = ")
        .hasMessageContaining("--device");
  }
}
