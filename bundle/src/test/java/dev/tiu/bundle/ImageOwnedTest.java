package dev.tiu.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.BytePath;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ImageOwnedTest {
  private static ImageOwned with(String... paths) {
    return ImageOwned.with(Stream.of(paths).map(BytePath::of).toList());
  }

  private static Optional<String> destination(String link, String target) {
    return ImageOwned.destination(BytePath.of(link), target.getBytes(StandardCharsets.UTF_8))
        .map(BytePath::toString);
  }

  @Test
  void each_path_has_a_place_of_its_own() {
    List<String> paths =
        List.of("var/lib/dpkg", "var/lib/a/b", "var/cache/x", "var/lib/var/cache/x", "var/lib/var");
    Set<String> places = new HashSet<>();
    for (String path : paths) {
      places.add(ImageOwned.place(BytePath.of(path)).toString());
    }
    assertThat(places)
        .containsExactlyInAnyOrder(
            "usr/lib/sysimage/dpkg",
            "usr/lib/sysimage/a/b",
            "usr/lib/sysimage/var/cache/x",
            "usr/lib/sysimage/var/lib/var/cache/x",
            "usr/lib/sysimage/var/lib/var");
  }

  @Test
  void the_link_leads_to_the_place() {
    BytePath path = BytePath.of("var/lib/a/b");
    Bytes target = ImageOwned.target(path, ImageOwned.place(path));
    assertThat(target.latin1()).isEqualTo("../../../usr/lib/sysimage/a/b");
    assertThat(ImageOwned.destination(path, target.toArray())).contains(ImageOwned.place(path));
  }

  @Test
  void links_that_distributions_make_are_understood() {
    assertThat(destination("var/lib/rpm", "../../usr/lib/sysimage/rpm"))
        .contains("usr/lib/sysimage/rpm");
    assertThat(destination("var/lib/rpm", "/usr/lib/sysimage//rpm/."))
        .contains("usr/lib/sysimage/rpm");
    assertThat(destination("var/lib/rpm", "../../../../../usr/lib/sysimage/rpm"))
        .as("the root's parent is the root")
        .contains("usr/lib/sysimage/rpm");
    assertThat(destination("var/lib/rpm", "../../usr/lib/sysimage")).isEmpty();
    assertThat(destination("var/lib/rpm", "../../usr/lib/sysimage/../rpm")).isEmpty();
    assertThat(destination("var/lib/rpm", "usr/lib/sysimage/rpm")).isEmpty();
    assertThat(destination("var/lib/rpm", "/srv/" + "x".repeat(300))).isEmpty();
  }

  @Test
  void the_usual_paths_needn_t_be_named() {
    assertThat(with("var/lib/foo", "var/lib/rpm").paths())
        .containsExactly(
            BytePath.of("var/lib/alternatives"),
            BytePath.of("var/lib/dpkg"),
            BytePath.of("var/lib/foo"),
            BytePath.of("var/lib/rpm"),
            BytePath.of("var/lib/selinux"));
  }

  @Test
  void a_path_in_another_is_refused_and_so_is_what_isn_t_below_var() {
    assertThatThrownBy(() -> with("var/lib/dpkg/info"))
        .hasMessageContaining("lies in var/lib/dpkg");
    assertThatThrownBy(() -> with("var/lib")).hasMessageContaining("lies in var/lib,");
    for (String path : List.of("var", "usr/lib/x", "var/lib/.x", "var/a b", "var/é")) {
      assertThatThrownBy(() -> with(path)).hasMessageContaining("below var");
    }
    assertThat(with("var/lib/dpkg-more").paths()).contains(BytePath.of("var/lib/dpkg-more"));
  }
}
