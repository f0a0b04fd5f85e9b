package dev.tiu.bundle.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FragmentCacheTest {
  private static final int BLOCK = 1 << 20;
  private final AtomicInteger loads = new AtomicInteger();

  @Test
  void fragment_read_by_many_threads_is_unpacked_once() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    FragmentCache cache =
        new FragmentCache(
            BLOCK,
            (tail, dst) -> {
              started.countDown();
              // Long enough that the others find it unfinished.
              sleep(50);
              return load(tail, dst);
            });
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<byte[]>> found = new ArrayList<>();
      found.add(threads.submit(() -> read(cache, tail(3, 0))));
      assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
      for (int i = 1; i < 4; i++) {
        int skip = i;
        found.add(threads.submit(() -> read(cache, tail(3, skip))));
      }
      for (Future<byte[]> content : found) {
        assertThat(content.get(10, TimeUnit.SECONDS)).containsExactly(3, 3, 3, 3);
      }
      assertThat(loads).hasValue(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void fragments_used_longest_ago_make_room() throws IOException {
    FragmentCache cache = new FragmentCache(BLOCK, this::load);
    for (int i = 0; i < 8; i++) {
      assertThat(read(cache, tail(i, 0))).containsExactly(i, i, i, i);
    }
    assertThat(read(cache, tail(0, 0))).containsExactly(0, 0, 0, 0);
    assertThat(loads).as("eight of a MiB are kept").hasValue(8);
    read(cache, tail(8, 0));
    assertThat(read(cache, tail(0, 0))).containsExactly(0, 0, 0, 0);
    assertThat(loads).as("the first was used last").hasValue(9);
    assertThat(read(cache, tail(1, 0))).containsExactly(1, 1, 1, 1);
    assertThat(loads).as("the second made room").hasValue(10);
  }

  @Test
  void fragment_that_failed_is_tried_again() throws IOException {
    FragmentCache cache =
        new FragmentCache(
            BLOCK,
            (tail, dst) -> {
              if (loads.incrementAndGet() == 1) {
                throw new IOException("the first read fails");
              }
              return load(tail, dst);
            });
    assertThatThrownBy(() -> read(cache, tail(5, 0))).hasMessage("the first read fails");
    assertThat(read(cache, tail(5, 0))).containsExactly(5, 5, 5, 5);
  }

  private int load(DataBlock tail, ByteBuffer dst) {
    loads.incrementAndGet();
    for (int i = 0; i < 100; i++) {
      dst.put((byte) tail.fragment().getAsInt());
    }
    return 100;
  }

  private static DataBlock tail(int fragment, int skip) {
    return new DataBlock(
        0, 4, 1000L * fragment, 10, DataBlock.Storage.PLAIN, OptionalInt.of(fragment), skip);
  }

  private static byte[] read(FragmentCache cache, DataBlock tail) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(tail.size());
    cache.read(tail, content);
    return content.array();
  }

  private static void sleep(long millis) throws IOException {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }
}
