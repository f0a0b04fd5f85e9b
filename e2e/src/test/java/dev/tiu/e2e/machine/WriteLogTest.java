package dev.tiu.e2e.machine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk of four sectors, of which each begins with a letter. */
final class WriteLogTest {
  private static final int SECTOR = 512;
  private static final int FLUSH = 1;
  private static final int FUA = 2;
  private static final int DISCARD = 4;

  @TempDir Path directory;
  private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
  private int count;

  private void entry(int flags, long sector, String letters) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(sector).putLong(letters.length()).putLong(flags).putLong(0);
    entries.write(head.array());
    for (byte letter : letters.getBytes(US_ASCII)) {
      if ((flags & DISCARD) == 0) {
        byte[] data = new byte[SECTOR];
        data[0] = letter;
        entries.write(data);
      }
    }
    count++;
  }

  private WriteLog open(Path disk) throws IOException {
    ByteBuffer head = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
    head.putLong(0x6a736677736872L).putLong(1).putLong(count).putInt(SECTOR);
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    log.write(head.array());
    log.write(entries.toByteArray());
    Files.write(directory.resolve("log"), log.toByteArray());
    byte[] blank = new byte[4 * SECTOR];
    for (int i = 0; i < blank.length; i += SECTOR) {
      blank[i] = '.';
    }
    Files.write(disk, blank);
    return WriteLog.open(directory.resolve("log"), disk);
  }

  private static String letters(Path disk) throws IOException {
    byte[] content = Files.readAllBytes(disk);
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < content.length; i += SECTOR) {
      letters.append((char) content[i]);
    }
    return letters.toString();
  }

  @Test
  void disk_has_at_each_flush_what_was_written_before_it() throws Exception {
    entry(0, 0, "ab");
    entry(FLUSH, 0, "");
    entry(0, 1, "c");
    entry(0, 3, "d");
    entry(FLUSH, 0, "");
    entry(0, 2, "x");
    Path disk = directory.resolve("disk");
    try (WriteLog log = open(disk)) {
      assertThat(log.toNextFlush()).isTrue();
      assertThat(letters(disk)).isEqualTo("ab..");
      assertThat(log.toNextFlush()).isTrue();
      assertThat(letters(disk)).isEqualTo("ac.d");
      assertThat(log.toNextFlush()).as("what was never flushed").isFalse();
      assertThat(letters(disk)).isEqualTo("ac.d");
      assertThat(log.flushes()).isEqualTo(2);
    }
  }

  @Test
  void write_that_forces_itself_to_the_medium_overtakes_others() throws Exception {
    entry(0, 0, "a");
    entry(FUA, 1, "b");
    entry(FLUSH, 0, "");
    Path disk = directory.resolve("disk");
    try (WriteLog log = open(disk)) {
      assertThat(log.toNextFlush()).isTrue();
      assertThat(letters(disk)).isEqualTo("ab..");
    }
  }

  @Test
  void flush_of_a_write_comes_before_it() throws Exception {
    entry(0, 0, "a");
    entry(FLUSH | FUA, 1, "b");
    entry(0, 2, "c");
    Path disk = directory.resolve("disk");
    try (WriteLog log = open(disk)) {
      assertThat(log.toNextFlush()).isTrue();
      assertThat(letters(disk)).isEqualTo("ab..");
    }
  }

  @Test
  void discarded_sectors_keep_what_they_had() throws Exception {
    entry(DISCARD, 0, "zz");
    entry(0, 0, "a");
    entry(FLUSH, 0, "");
    Path disk = directory.resolve("disk");
    try (WriteLog log = open(disk)) {
      assertThat(log.toNextFlush()).isTrue();
      assertThat(letters(disk)).isEqualTo("a...");
    }
  }

  @Test
  void something_else_is_no_log() throws Exception {
    Path file = Files.write(directory.resolve("file"), new byte[512]);
    assertThatThrownBy(() -> WriteLog.open(file, file)).hasMessage("no log of writes");
  }
}
