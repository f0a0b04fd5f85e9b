package dev.tiu.linux;

import static dev.tiu.linux.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.testing.BtrfsDisk;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** On btrfs, which shares blocks and has holes of 4096 bytes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FileHandleIT {
  private static final BytePath WORK = BytePath.of("work");
  private static final BytePath FILE = BytePath.of("file");

  private BtrfsDisk disk;
  private Dir top;
  private Dir dir;

  @BeforeAll
  void makeDisk() throws IOException {
    disk = BtrfsDisk.create(256 << 20);
    top = Dir.open(disk.mountPoint());
  }

  @AfterAll
  void closeDisk() throws IOException {
    top.close();
    disk.close();
  }

  @BeforeEach
  void makeDir() throws IOException {
    top.makeDir(WORK, 0700);
    dir = top.openDir(WORK);
  }

  @AfterEach
  void removeDir() throws IOException {
    dir.close();
    top.removeTree(WORK);
  }

  @Test
  void content_goes_through_direct_and_heap_buffers() throws Exception {
    byte[] content = new byte[300_001]; // more than the scratch holds
    new Random(1).nextBytes(content);
    ByteBuffer direct = ByteBuffer.allocateDirect(content.length + 10).position(10);
    direct.put(content).position(10);
    try (FileHandle file = dir.createFile(FILE, 0600)) {
      file.write(ByteBuffer.wrap(content), 0);
      file.write(direct, content.length);
      assertThat(direct.hasRemaining()).isFalse();
      assertThat(file.status().size()).isEqualTo(2L * content.length);

      ByteBuffer slice = ByteBuffer.allocateDirect(content.length + 7).position(7).slice();
      file.readFully(slice, content.length);
      assertThat(slice.flip()).isEqualTo(ByteBuffer.wrap(content));
      ByteBuffer heap = ByteBuffer.allocate(content.length + 3).position(3).slice();
      file.readFully(heap, 0);
      assertThat(heap.flip()).isEqualTo(ByteBuffer.wrap(content));
      ByteBuffer readOnly = ByteBuffer.wrap(content, 5, 20).asReadOnlyBuffer();
      file.write(readOnly, 0);
      ByteBuffer back = ByteBuffer.allocate(20);
      file.readFully(back, 0);
      assertThat(back.flip()).isEqualTo(ByteBuffer.wrap(content, 5, 20));
    }
  }

  @Test
  void end_of_file_is_minus_one_or_says_where() throws Exception {
    try (FileHandle file = dir.createFile(FILE, 0600)) {
      file.write(ByteBuffer.wrap(new byte[10]), 0);
      assertThat(file.read(ByteBuffer.allocate(20), 4)).isEqualTo(6);
      assertThat(file.read(ByteBuffer.allocate(20), 10)).isEqualTo(-1);
      assertThat(file.read(ByteBuffer.allocate(0), 10)).isZero();
      assertThatThrownBy(() -> file.readFully(ByteBuffer.allocateDirect(20), 4))
          .isInstanceOf(EOFException.class)
          .hasMessageEndingWith("work/file: ends at offset 10, 14 bytes before what is needed");
      assertFails(Errno.EINVAL, () -> file.read(ByteBuffer.allocate(1), -1));
    }
  }

  @Test
  void handle_for_reading_refuses_to_write() throws Exception {
    dir.createFile(FILE, 0600).close();
    try (FileHandle file = dir.openFile(FILE)) {
      LinuxException e = assertFails(Errno.EBADF, () -> file.write(ByteBuffer.allocate(1), 0));
      assertThat(e.call()).isEqualTo("pwrite");
      assertFails(Errno.EINVAL, () -> file.truncate(0));
    }
  }

  @Test
  void offsets_beyond_four_gigabytes_hold() throws Exception {
    long far = 5L << 30;
    try (FileHandle file = dir.createFile(FILE, 0600)) {
      file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), far);
      assertThat(file.status().size()).isEqualTo(far + 3);
      ByteBuffer back = ByteBuffer.allocate(3);
      file.readFully(back, far);
      assertThat(back.array()).containsExactly(1, 2, 3);
      assertThat(file.nextData(0)).hasValue(far);
    }
  }

  @Test
  void holes_are_found_punched_and_filled() throws Exception {
    try (FileHandle file = dir.createFile(FILE, 0600)) {
      file.write(ByteBuffer.wrap(new byte[64 << 10]), 0);
      file.sync();
      assertThat(file.nextHole(0)).isEqualTo(64 << 10);
      file.punchHole(16 << 10, 32 << 10);
      assertThat(file.nextHole(0)).isEqualTo(16 << 10);
      assertThat(file.nextData(16 << 10)).hasValue(48 << 10);
      assertThat(file.status().size()).isEqualTo(64 << 10);
      file.truncate(1 << 20);
      assertThat(file.nextData(64 << 10)).isEmpty();
      file.dataSync();
      long before = file.status().blocks();
      file.allocate(0, 2 << 20);
      assertThat(file.status().size()).isEqualTo(2 << 20);
      assertThat(file.status().blocks()).isGreaterThan(before);
      assertFails(Errno.EINVAL, () -> file.punchHole(0, 0));
      assertFails(Errno.ENOSPC, () -> file.allocate(0, 1L << 40));
    }
  }

  @Test
  void clones_share_blocks() throws Exception {
    byte[] content = new byte[128 << 10];
    new Random(2).nextBytes(content);
    try (FileHandle source = dir.createFile(FILE, 0600);
        FileHandle copy = dir.createFile(BytePath.of("copy"), 0600);
        FileHandle part = dir.createFile(BytePath.of("part"), 0600)) {
      source.write(ByteBuffer.wrap(content), 0);
      copy.cloneFrom(source);
      assertThat(dir.readAll(BytePath.of("copy"), 1 << 20)).isEqualTo(content);
      part.cloneRange(source, 4096, 8192, 64 << 10);
      assertThat(part.status().size()).isEqualTo((64 << 10) + 8192);
      ByteBuffer back = ByteBuffer.allocate(8192);
      part.readFully(back, 64 << 10);
      assertThat(back.flip()).isEqualTo(ByteBuffer.wrap(content, 4096, 8192));
      assertFails(Errno.EINVAL, () -> part.cloneRange(source, 1, 4096, 0));
      source.sync();
      copy.sync();
      String du =
          Command.of(
                  "btrfs", "filesystem", "du", "--raw", "-s", dir.procPath(BytePath.ROOT) + "/copy")
              .run()
              .text();
      assertThat(du.lines().toList().get(1)).matches("\\s*131072\\s+0\\s.*");
    }
  }

  @Test
  void clone_across_file_systems_fails() throws Exception {
    try (BtrfsDisk other = BtrfsDisk.create(128 << 20);
        Dir otherDir = Dir.open(other.mountPoint());
        FileHandle source = dir.createFile(FILE, 0600);
        FileHandle target = otherDir.createFile(FILE, 0600)) {
      LinuxException e = assertFails(Errno.EXDEV, () -> target.cloneFrom(source));
      assertThat(e.call()).isEqualTo("FICLONE");
    }
  }

  @Test
  void attributes_are_set_by_handle() throws Exception {
    try (FileHandle file = dir.createFile(FILE, 0600)) {
      file.setOwner(1, 2);
      file.setMode(06755);
      file.setModificationTime(1_000_000_000L, 123_456_789);
      FileStatus status = file.status();
      assertThat(status).isEqualTo(dir.status(FILE));
      assertThat(status.uid()).isEqualTo(1);
      assertThat(status.gid()).isEqualTo(2);
      assertThat(status.mode()).isEqualTo(06755);
      assertThat(status.mtimeSeconds()).isEqualTo(1_000_000_000L);
      assertThat(status.mtimeNanos()).isEqualTo(123_456_789);
      file.setXattr("user.a", new byte[] {0, 1});
      assertThat(file.xattrs()).hasSize(1).containsKey("user.a");
      assertThatThrownBy(() -> file.setModificationTime(0, 1_000_000_000))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void full_disk_is_told_with_the_path() throws Exception {
    ByteBuffer chunk = ByteBuffer.allocateDirect(1 << 20);
    byte[] noise = new byte[1 << 20];
    new Random(3).nextBytes(noise);
    chunk.put(noise);
    try (FileHandle file = dir.createFile(FILE, 0600)) {
      LinuxException e =
          assertFails(
              Errno.ENOSPC,
              () -> {
                for (int i = 0; i < 1000; i++) {
                  file.write(chunk.flip(), (long) i << 20);
                }
              });
      assertThat(e).hasMessageContaining("work/file: ENOSPC (No space left on device)");
    }
  }

  @Test
  void closing_while_others_read_waits_for_their_calls() throws Exception {
    FileHandle file = dir.createFile(FILE, 0600);
    byte[] content = new byte[1 << 20];
    new Random(4).nextBytes(content);
    file.write(ByteBuffer.wrap(content), 0);
    CountDownLatch reading = new CountDownLatch(3);
    AtomicInteger wrong = new AtomicInteger();
    Runnable reader =
        () -> {
          ByteBuffer buffer = ByteBuffer.allocateDirect(content.length);
          try {
            while (true) {
              file.readFully(buffer.clear(), 0);
              reading.countDown();
              if (!buffer.flip().equals(ByteBuffer.wrap(content))) {
                wrong.incrementAndGet();
              }
            }
          } catch (IllegalStateException e) {
            // Closed, as it should be told.
          } catch (IOException e) {
            wrong.incrementAndGet();
          }
        };
    Thread first = new Thread(reader);
    Thread second = new Thread(reader);
    first.start();
    second.start();
    reading.await();
    file.close();
    first.join();
    second.join();
    assertThat(wrong).hasValue(0);
  }
}
