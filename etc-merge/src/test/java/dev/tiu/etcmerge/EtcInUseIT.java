package dev.tiu.etcmerge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileType;
import org.junit.jupiter.api.Test;

/**
 * A live /etc that is in use becomes what was made of a copy of it. The trees are {@code base}, the
 * copy; {@code image}, what was made; and {@code local}, the live one.
 */
final class EtcInUseIT extends EtcCase {
  private boolean change() throws Exception {
    return EtcInUse.change(etc.base, etc.image, etc.local);
  }

  private Item live(String path) throws Exception {
    return Item.read(etc.local, BytePath.of(path));
  }

  private boolean isLive(String path) throws Exception {
    return etc.local.find(BytePath.of(path)).isPresent();
  }

  @Test
  void all_that_was_made_is_live_and_nothing_else_is_touched() throws Exception {
    for (String path : new String[] {"changed", "mode", "same", "gone", "becomes"}) {
      etc.everywhere(path, Item.file("old"));
    }
    etc.everywhere("d", Item.directory());
    etc.everywhere("d/f", Item.file("old"));
    etc.everywhere("d/sub", Item.directory());
    etc.everywhere("d/sub/f", Item.file("old"));
    long same = etc.local.status(BytePath.of("same")).inode();
    image("changed", Item.file("new").withOwner(5, 6).withXattr("user.a", "b"));
    image("mode", Item.file("old").withMode(0600));
    image("becomes", Item.directory().withMode(0750));
    image("becomes/f", Item.file("new"));
    image("d", Item.directory().withMode(0700).withOwner(1, 2));
    image("added", Item.link("somewhere"));
    for (String path : new String[] {"gone", "d/sub"}) {
      remove(etc.image, path);
    }

    assertThat(change()).isTrue();

    assertThat(Item.readTree(etc.local)).isEqualTo(Item.readTree(etc.image));
    assertThat(etc.local.status(BytePath.of("same")).inode()).isEqualTo(same);
    assertThat(change()).as("again").isTrue();
  }

  @Test
  void what_somebody_changes_meanwhile_stays_and_is_told() throws Exception {
    etc.everywhere("both", Item.file("old"));
    etc.everywhere("alike", Item.file("old"));
    etc.everywhere("other", Item.file("old"));
    image("both", Item.file("made"));
    local("both", Item.file("meanwhile"));
    image("alike", Item.file("made"));
    local("alike", Item.file("made"));
    image("other", Item.file("made"));
    local("new", Item.file("meanwhile"));

    assertThat(change()).isFalse();

    assertThat(live("both")).isEqualTo(Item.file("meanwhile"));
    assertThat(live("new")).isEqualTo(Item.file("meanwhile"));
    assertThat(live("other")).isEqualTo(Item.file("made"));
  }

  @Test
  void socket_of_a_running_program_stays() throws Exception {
    for (Dir tree : new Dir[] {etc.base, etc.local}) {
      tree.makeNode(BytePath.of("socket"), FileType.SOCKET, 0600, 0, 0);
    }

    assertThat(change()).isTrue();

    assertThat(isLive("socket")).isTrue();
  }

  @Test
  void link_in_the_place_of_a_directory_is_never_written_through() throws Exception {
    etc.everywhere("d", Item.directory());
    image("d/f", Item.file("made"));
    local("d", Item.link(etc.path("outside").toString()));

    assertThat(change()).isFalse();

    assertThat(etc.top.find(BytePath.of("outside/f"))).isEmpty();
  }

  @Test
  void what_a_killed_run_left_goes() throws Exception {
    etc.everywhere("f", Item.file("old"));
    for (Dir tree : new Dir[] {etc.base, etc.image, etc.local}) {
      Item.file("half").put(tree, BytePath.of("f.tiu-in-use-tmp"));
    }
    image("f", Item.file("made"));

    assertThat(change()).isTrue();

    assertThat(live("f")).isEqualTo(Item.file("made"));
    assertThat(isLive("f.tiu-in-use-tmp")).isFalse();
  }

  @Test
  void file_of_the_devices_own_that_is_named_like_a_temporary_one_stays() throws Exception {
    etc.everywhere("own.tiu-tmp", Item.file("own"));
    image("added", Item.file("made"));

    assertThat(change()).isTrue();

    assertThat(live("own.tiu-tmp")).isEqualTo(Item.file("own"));
  }

  private boolean changeWhile(String path, Item edit) throws Exception {
    return EtcInUse.change(
        etc.base,
        etc.image,
        etc.local,
        () -> {
          try {
            local(path, edit);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  @Test
  void edit_at_the_last_moment_is_put_back() throws Exception {
    etc.everywhere("f", Item.file("old"));
    image("f", Item.file("made"));

    assertThat(changeWhile("f", Item.file("meanwhile"))).isFalse();

    assertThat(live("f")).isEqualTo(Item.file("meanwhile"));
    assertThat(isLive("f.tiu-in-use-tmp")).isFalse();
  }

  @Test
  void edit_at_the_last_moment_of_what_is_to_go_is_put_back() throws Exception {
    etc.everywhere("f", Item.file("old"));
    remove(etc.image, "f");

    assertThat(changeWhile("f", Item.file("meanwhile"))).isFalse();

    assertThat(live("f")).isEqualTo(Item.file("meanwhile"));
    assertThat(isLive("f.tiu-in-use-tmp")).isFalse();
  }

  @Test
  void file_that_is_made_at_the_last_moment_stays() throws Exception {
    image("f", Item.file("made"));

    assertThat(changeWhile("f", Item.file("meanwhile"))).isFalse();

    assertThat(live("f")).isEqualTo(Item.file("meanwhile"));
    assertThat(isLive("f.tiu-in-use-tmp")).isFalse();
  }
}
