package dev.tiu.etcmerge;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileStatus;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Files whose contents are decided elsewhere. */
final class EtcMergeDecidedIT {
  private static final BytePath PASSWD = BytePath.of("passwd");

  private EtcDisk etc;

  @BeforeEach
  void makeDisk() throws IOException {
    etc = EtcDisk.create();
  }

  @AfterEach
  void closeDisk() throws IOException {
    etc.close();
  }

  private static void put(Dir tree, String content, int mode) throws IOException {
    Item.file(content).put(tree, PASSWD);
    tree.setMode(PASSWD, mode);
  }

  private List<String> merge(String decided) throws IOException {
    MergeReport report =
        EtcMerge.merge(
            etc.base,
            etc.image,
            etc.local,
            MergeSettings.DEFAULT
                .withTouched(path -> false)
                .withDecided(Map.of(PASSWD, decided.getBytes(UTF_8))));
    return Reports.lines(report);
  }

  private String content() throws IOException {
    return new String(etc.local.readAll(PASSWD, 100), UTF_8);
  }

  private int mode() throws IOException {
    return etc.local.status(PASSWD).mode();
  }

  @Test
  void case_30_content_is_what_was_decided_and_the_mode_is_merged() throws Exception {
    put(etc.base, "base", 0644);
    put(etc.local, "local", 0644);
    put(etc.image, "image", 0600);
    assertThat(merge("both")).containsExactly("passwd UPDATED");
    assertThat(content()).isEqualTo("both");
    assertThat(mode()).isEqualTo(0600);
    assertThat(merge("both")).isEmpty();
  }

  @Test
  void case_30_mode_that_was_changed_here_stays() throws Exception {
    put(etc.base, "base", 0644);
    put(etc.local, "local", 0640);
    put(etc.image, "image", 0644);
    assertThat(merge("both")).containsExactly("passwd UPDATED");
    assertThat(mode()).isEqualTo(0640);
  }

  @Test
  void content_that_is_the_images_has_its_time() throws Exception {
    put(etc.base, "base", 0644);
    put(etc.local, "base", 0644);
    put(etc.image, "image", 0644);
    etc.image.setModificationTime(PASSWD, 1_700_000_000, 0);
    assertThat(merge("image")).containsExactly("passwd UPDATED");
    FileStatus status = etc.local.status(PASSWD);
    assertThat(status.mtimeSeconds()).isEqualTo(1_700_000_000);
  }

  @Test
  void file_that_is_missing_gets_the_images_mode() throws Exception {
    put(etc.image, "image", 0400);
    assertThat(merge("less")).containsExactly("passwd ADDED");
    assertThat(content()).isEqualTo("less");
    assertThat(mode()).isEqualTo(0400);
  }

  @Test
  void file_that_the_image_has_dropped_stays() throws Exception {
    put(etc.base, "base", 0644);
    put(etc.local, "base", 0644);
    assertThat(merge("base")).isEmpty();
    assertThat(merge("locked")).containsExactly("passwd UPDATED");
    assertThat(content()).isEqualTo("locked");
  }

  @Test
  void file_that_only_the_device_has_is_changed_too() throws Exception {
    put(etc.local, "local", 0640);
    assertThat(merge("more")).containsExactly("passwd UPDATED");
    assertThat(content()).isEqualTo("more");
    assertThat(mode()).isEqualTo(0640);
  }

  @Test
  void link_of_the_devices_stays() throws Exception {
    put(etc.image, "image", 0644);
    Item.link("elsewhere").put(etc.local, PASSWD);
    assertThat(merge("other")).isEmpty();
    assertThat(Item.read(etc.local, PASSWD)).isEqualTo(Item.link("elsewhere"));
  }

  @Test
  void other_names_of_the_file_keep_what_they_have() throws Exception {
    put(etc.base, "base", 0644);
    put(etc.local, "base", 0644);
    etc.local.link(PASSWD, BytePath.of("other"));
    put(etc.image, "base", 0600);
    assertThat(merge("base")).containsExactly("passwd UPDATED_METADATA");
    assertThat(mode()).isEqualTo(0600);
    assertThat(etc.local.status(BytePath.of("other")).mode()).isEqualTo(0644);
  }
}
