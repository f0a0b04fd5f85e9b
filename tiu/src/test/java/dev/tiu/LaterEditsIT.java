package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Somebody has written to the new snapshot's /etc after the update, and to the old one's as well:
 * what {@code etc finish} makes of the two is said as it is, and settled as it is said.
 */
final class LaterEditsIT extends OnEtcSamples {
  private Path etc(int number, String name) {
    return etc(number).resolve(name);
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND, StandardOpenOption.CREATE);
  }

  /**
   * The image's motd was chosen in the new snapshot, and then the admin's own edited in the old.
   */
  private void editBoth() throws IOException {
    append(etc(1, "motd"), "admin\n");
    update();
    run("etc", "resolve", "--image", "motd").orFail();
    append(etc(1, "motd"), "late\n");
  }

  private void editBothAndFinish() throws IOException {
    editBoth();
    run("etc", "finish").orFail();
  }

  @Test
  void edit_against_a_choice_for_the_image_is_called_the_edit() throws IOException {
    editBothAndFinish();

    assertThat(etc(2, "motd")).hasContent("two");
    assertThat(etc(2, "motd.tiu-orig")).hasContent("one\nadmin\nlate");
    assertThat(run("etc", "conflicts").orFail().out())
        .contains(
            "/etc/motd: changed here, and in snapshot 1 after the update: what was here is live,"
                + " that edit is beside it, as /etc/motd.tiu-orig; --local makes the edit live,"
                + " --image what is live now")
        .doesNotContain("the image's is beside it");
  }

  @Test
  void local_is_the_edit() throws IOException {
    editBothAndFinish();

    run("etc", "resolve", "--local", "motd").orFail();

    assertThat(etc(2, "motd")).hasContent("one\nadmin\nlate");
    assertThat(etc(2, "motd.tiu-orig")).doesNotExist();
    assertThat(run("etc", "conflicts").orFail().out()).contains("No conflicts");
  }

  @Test
  void image_is_what_was_chosen() throws IOException {
    editBothAndFinish();

    run("etc", "resolve", "--image", "motd").orFail();

    assertThat(etc(2, "motd")).hasContent("two");
    assertThat(run("etc", "conflicts").orFail().out()).contains("No conflicts");
  }

  @Test
  void booted_system_says_the_same() throws IOException {
    editBoth();

    new RunningSystem(directory, disk()).start(2, "etc", "finish").run();

    assertThat(etc(2, "motd")).hasContent("two");
    assertThat(etc(2, "motd.tiu-orig")).hasContent("one\nadmin\nlate");
    assertThat(run("etc", "conflicts").orFail().out())
        .contains("/etc/motd: changed here, and in snapshot 1 after the update");
  }

  @Test
  void edit_that_was_removed_there_and_changed_here_isnt_the_images_doing() throws IOException {
    append(etc(1, "own"), "own\n");
    update();
    append(etc(2, "own"), "here\n");
    Files.delete(etc(1, "own"));

    run("etc", "finish").orFail();

    assertThat(etc(2, "own")).hasContent("own\nhere");
    assertThat(run("etc", "conflicts").orFail().out())
        .contains("/etc/own: changed here, and removed in snapshot 1 after the update");
  }

  @Test
  void directory_that_was_made_there_lies_beside_the_file_that_was_made_here() throws IOException {
    update();
    append(etc(2, "place"), "here\n");
    Files.createDirectory(etc(1, "place"));
    append(etc(1, "place/a"), "there\n");

    run("etc", "finish").orFail();

    assertThat(etc(2, "place")).hasContent("here");
    assertThat(etc(2, "place.tiu-orig/a")).hasContent("there");
    assertThat(run("etc", "conflicts").orFail().out())
        .contains("as /etc/place.tiu-orig")
        .doesNotContain("the image has a directory");
  }

  @Test
  void edits_of_several_times_are_one_conflict_that_stays_open() throws IOException {
    editBothAndFinish();
    append(etc(1, "other"), "other\n");
    run("etc", "finish").orFail();
    assertThat(run("etc", "conflicts").orFail().out()).contains("as /etc/motd.tiu-orig;");

    append(etc(1, "motd"), "later still\n");
    run("etc", "finish").orFail();

    assertThat(etc(2, "motd.tiu-orig")).hasContent("one\nadmin\nlate\nlater still");
    assertThat(etc(2, "motd.tiu-orig-2")).doesNotExist();
    assertThat(run("etc", "conflicts").orFail().out()).containsOnlyOnce("/etc/motd:");
  }

  @Test
  void edit_after_a_conflict_was_settled_is_a_new_one() throws IOException {
    editBothAndFinish();
    run("etc", "resolve", "--image", "motd").orFail();

    append(etc(1, "motd"), "later still\n");
    run("etc", "finish").orFail();

    assertThat(etc(2, "motd.tiu-orig")).hasContent("one\nadmin\nlate\nlater still");
    assertThat(run("etc", "conflicts").orFail().out()).contains("/etc/motd:");
  }

  @Test
  void conflict_with_the_image_that_comes_with_the_edit_is_settled_after_it() throws IOException {
    update();
    append(etc(2, "motd"), "here\n");
    Files.writeString(etc(1, "motd"), "late\n");

    run("etc", "finish").orFail();

    assertThat(etc(2, "motd")).hasContent("two\nhere");
    assertThat(etc(2, "motd.tiu-orig")).hasContent("late");
    run("etc", "resolve", "--local", "motd").orFail();
    assertThat(etc(2, "motd")).hasContent("late");
    assertThat(run("etc", "conflicts").orFail().out())
        .contains("/etc/motd: changed here and in the image: yours is live", "motd.tiu-new");
    run("etc", "resolve", "--image", "motd").orFail();
    assertThat(etc(2, "motd")).hasContent("two");
    assertThat(run("etc", "conflicts").orFail().out()).contains("No conflicts");
  }

  @Test
  void what_a_reset_has_put_aside_is_not_replaced_by_the_edit() throws IOException {
    append(etc(1, "motd"), "admin\n");
    update();
    run("etc", "reset", "motd").orFail();
    assertThat(etc(2, "motd.tiu-orig")).hasContent("one\nadmin");
    append(etc(1, "motd"), "late\n");

    run("etc", "finish").orFail();

    assertThat(etc(2, "motd.tiu-orig")).hasContent("one\nadmin");
    assertThat(etc(2, "motd.tiu-orig-2")).hasContent("one\nadmin\nlate");
  }

  private static final String HERE = "u2:x:1000:1000::/home/u2:/bin/sh\n";
  private static final String THERE = "u1:x:1000:1000::/home/u1:/bin/sh\n";

  private List<String> numbers(String... names) throws IOException {
    List<String> numbers = new ArrayList<>();
    for (String line : Files.readAllLines(etc(2, "passwd"))) {
      if (List.of(names).contains(line.split(":", -1)[0])) {
        numbers.add(line.split(":", -1)[2]);
      }
    }
    return numbers;
  }

  private void assertBothAreThere() throws IOException {
    assertThat(numbers("u1", "u2")).hasSize(2).doesNotHaveDuplicates().contains("1000");
    assertThat(numbers("u2")).as("made here").containsExactly("1000");
    assertThat(etc(2, "passwd.tiu-orig")).doesNotExist();
    assertThat(run("etc", "conflicts").orFail().out())
        .contains("/etc/passwd: u1: its number 1000 in snapshot 1 is another's here", "chown");
  }

  @Test
  void users_made_on_both_sides_with_one_number_get_two() throws IOException {
    update();
    Files.writeString(etc(2, "passwd"), HERE + Files.readString(etc(2, "passwd")));
    append(etc(1, "passwd"), THERE);

    run("etc", "finish").orFail();

    assertBothAreThere();
  }

  @Test
  void users_appended_on_both_sides_are_no_conflict_of_a_whole_file() throws IOException {
    update();
    append(etc(2, "passwd"), HERE);
    append(etc(1, "passwd"), THERE);

    run("etc", "finish").orFail();

    assertBothAreThere();
  }

  @Test
  void number_that_was_changed_on_one_side_only_is_that_sides() throws IOException {
    append(etc(1, "passwd"), THERE);
    update();
    append(etc(2, "motd"), "here\n");
    Path passwd = etc(1, "passwd");
    Files.writeString(passwd, Files.readString(passwd).replace("u1:x:1000", "u1:x:1234"));

    run("etc", "finish").orFail();

    assertThat(numbers("u1")).containsExactly("1234");
    assertThat(run("etc", "conflicts").orFail().out()).contains("No conflicts");
  }

  @Test
  void fstab_is_merged_by_mount_point() throws IOException {
    update();
    append(etc(2, "fstab"), "LABEL=here /here ext4 defaults 0 0\n");
    append(etc(1, "fstab"), "LABEL=there /there ext4 defaults 0 0\n");

    run("etc", "finish").orFail();

    assertThat(etc(2, "fstab")).content().contains("LABEL=here", "LABEL=there");
    assertThat(etc(2, "fstab.tiu-orig")).doesNotExist();
  }

  @Test
  void what_is_invalid_only_with_both_edits_never_goes_live() throws IOException {
    String shipped = "# one\n# two\n# three\nroot ALL=(ALL) ALL\n# four\n# five\n";
    Path old = etc(1, "sudoers");
    Path live = etc(2, "sudoers");
    Files.writeString(old, shipped);
    Files.setPosixFilePermissions(old, PosixFilePermissions.fromString("r--r-----"));
    run("update", "--keyring", samples.keyring(), samples.withSudo()).orFail();
    String here = shipped + "User_Alias B = root\n";
    Files.writeString(live, here);
    Files.writeString(old, "User_Alias B = daemon\n" + shipped);

    run("etc", "finish").orFail();

    assertThat(live).hasContent(here);
    assertThat(etc(2, "sudoers.tiu-orig")).content().contains("B = daemon", "B = root");
    assertThat(run("etc", "conflicts").orFail().out())
        .contains("/etc/sudoers: invalid with what was changed in snapshot 1 (visudo");
  }
}
