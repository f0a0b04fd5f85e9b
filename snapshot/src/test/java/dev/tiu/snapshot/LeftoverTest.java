package dev.tiu.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import dev.tiu.verity.ByteRange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file of four pieces, {@code data hole data tail}, and what may be found in its place. */
class LeftoverTest {
  private static final int PIECE = 16 << 10;
  private static final int TAIL = 100;
  private static final long SIZE = 3 * PIECE + TAIL;
  private static final BytePath NAME = BytePath.of("file");

  @TempDir private Path temp;
  private Dir dir;

  private record Pieces(List<ByteRange> places, Set<Integer> holes) implements Content {
    @Override
    public long start() {
      return 0;
    }

    @Override
    public int pieces() {
      return places.size();
    }

    @Override
    public ByteRange place(int piece) {
      return places.get(piece);
    }

    @Override
    public boolean isHole(int piece) {
      return holes.contains(piece);
    }

    @Override
    public void read(int piece, ByteBuffer dst) {
      throw new AssertionError("nothing is read to see what is there");
    }
  }

  private static final Content CONTENT =
      new Pieces(
          List.of(
              new ByteRange(0, PIECE),
              new ByteRange(PIECE, PIECE),
              new ByteRange(2 * PIECE, PIECE),
              new ByteRange(3 * PIECE, TAIL)),
          Set.of(1));

  @BeforeEach
  void open() throws IOException {
    dir = Dir.open(temp);
  }

  @AfterEach
  void close() {
    dir.close();
  }

  /** The file with data in those ranges, as a run leaves it that writes the size first. */
  private void leave(long size, ByteRange... written) throws IOException {
    try (FileHandle file = dir.createPrivate(NAME)) {
      file.truncate(size);
      for (ByteRange range : written) {
        ByteBuffer data = ByteBuffer.allocateDirect((int) range.length());
        while (data.hasRemaining()) {
          data.put((byte) 'x');
        }
        file.write(data.flip(), range.offset());
      }
    }
  }

  private Leftover find(boolean right) throws IOException {
    return find(1, right);
  }

  private Leftover find(int names, boolean right) throws IOException {
    return Leftover.find(dir, NAME, SIZE, names, CONTENT, file -> right);
  }

  @Test
  void nothing_is_left_where_nothing_is() throws IOException {
    assertThat(find(true)).isEqualTo(Leftover.NONE);
  }

  @Test
  void whole_file_with_the_right_digest_is_complete() throws IOException {
    leave(SIZE, CONTENT.place(0), CONTENT.place(2), CONTENT.place(3));
    assertThat(find(true).complete()).isTrue();
    assertThat(find(false)).isEqualTo(Leftover.NONE);
  }

  @Test
  void piece_counts_only_if_all_of_it_was_written() throws IOException {
    leave(SIZE, CONTENT.place(0), new ByteRange(2 * PIECE, PIECE / 2));
    Leftover found = find(true);
    assertThat(found.complete()).isFalse();
    assertThat(found.has(0)).isTrue();
    assertThat(found.has(2)).isFalse();
    assertThat(found.has(3)).isFalse();
  }

  @Test
  void pieces_written_behind_a_gap_count() throws IOException {
    leave(SIZE, CONTENT.place(2), CONTENT.place(3));
    Leftover found = find(true);
    assertThat(found.has(0)).isFalse();
    assertThat(found.has(2)).isTrue();
    assertThat(found.has(3)).isTrue();
  }

  @Test
  void file_of_nothing_but_holes_is_of_no_use() throws IOException {
    leave(SIZE);
    assertThat(find(true).isEmpty()).isTrue();
  }

  @Test
  void file_of_another_size_or_with_another_name_is_of_no_use() throws IOException {
    leave(SIZE - 1, CONTENT.place(0));
    assertThat(find(true)).isEqualTo(Leftover.NONE);
    dir.unlink(NAME);

    leave(SIZE, CONTENT.place(0));
    Files.createLink(temp.resolve("other"), temp.resolve("file"));
    assertThat(find(true)).isEqualTo(Leftover.NONE);
  }

  @Test
  void file_that_was_linked_already_is_of_use_only_if_it_is_whole() throws IOException {
    leave(SIZE, CONTENT.place(0), CONTENT.place(2), CONTENT.place(3));
    Files.createLink(temp.resolve("other"), temp.resolve("file"));
    assertThat(find(2, true).complete()).isTrue();
    assertThat(find(2, false)).isEqualTo(Leftover.NONE);
    dir.unlink(NAME);
    dir.unlink(BytePath.of("other"));

    leave(SIZE, CONTENT.place(0));
    Files.createLink(temp.resolve("other"), temp.resolve("file"));
    assertThat(find(2, true)).isEqualTo(Leftover.NONE);
  }

  @Test
  void what_is_no_file_is_of_no_use() throws IOException {
    Files.createSymbolicLink(temp.resolve("file"), Path.of("/etc/passwd"));
    assertThat(find(true)).isEqualTo(Leftover.NONE);
  }
}
