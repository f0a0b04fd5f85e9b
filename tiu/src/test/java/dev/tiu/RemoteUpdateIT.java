package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.bundle.http.TransferException;
import dev.tiu.bundle.http.testing.Reply;
import dev.tiu.bundle.http.testing.TestServer;
import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates from a server: what is fetched, and what is fetched again after something went wrong. */
class RemoteUpdateIT {
  private static final int KILLED = 137;

  @TempDir private static Path directory;

  private static final Tiu TIU = Tiu.now();
  private static SampleSystems samples;
  private static TestServer server;

  private final AtomicLong sent = new AtomicLong();
  private BtrfsDisk disk;

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(directory, TIU);
    server = TestServer.serving(Files.readAllBytes(samples.v2()));
  }

  @AfterAll
  static void stopServer() throws IOException {
    server.close();
  }

  @BeforeEach
  void install() throws IOException {
    disk = newDisk();
    server.answer(request -> counted(server.honest(request)));
  }

  @AfterEach
  void removeDisk() throws IOException {
    disk.close();
  }

  private static BtrfsDisk newDisk() throws IOException {
    BtrfsDisk made = BtrfsDisk.create(512 << 20);
    TIU.run("install", "--sysroot", made.mountPoint(), "--keyring", samples.keyring(), samples.v1())
        .orFail();
    return made;
  }

  private Reply counted(Reply reply) {
    sent.addAndGet(reply.content().length);
    return reply;
  }

  private Path top() {
    return disk.mountPoint();
  }

  private void update() throws IOException {
    RemoteUpdate.run(server.uri(), top(), samples.keyring(), RemoteUpdate.PLAIN, Deltas.NONE);
  }

  /** What an update fetches that nothing goes wrong with. */
  private long clean() throws IOException {
    try (BtrfsDisk other = newDisk()) {
      RemoteUpdate.run(
          server.uri(), other.mountPoint(), samples.keyring(), RemoteUpdate.PLAIN, Deltas.NONE);
    }
    return sent.getAndSet(0);
  }

  private void assertUpdated() throws IOException {
    Path place = top().resolve("@/.snapshots/2");
    Path tree = samples.tree("v2");
    assertThat(TreeComparison.differences(tree, place.resolve("snapshot"), "/etc")).isEmpty();
    assertThat(TreeComparison.differences(tree.resolve("etc"), place.resolve("etc"))).isEmpty();
    JsonNode list = TIU.run("list", "--json", "--sysroot", top()).orFail().json();
    assertThat(list).hasSize(2);
    assertThat(list.get(1).path("isDefault").asBoolean()).isTrue();
  }

  @Test
  void only_what_differs_is_fetched() throws IOException {
    update();

    assertUpdated();
    // 3 MiB have changed, and don't get smaller by packing; the image has more than 6.
    assertThat(sent.get()).isBetween(3L << 20, 7L << 19);
  }

  @Test
  void connection_that_breaks_off_keeps_what_was_fetched_for_the_next_run() throws IOException {
    long whole = clean();
    server.answer(
        request -> sent.get() < 2 << 20 ? counted(server.honest(request)) : Reply.status(503));
    assertThatThrownBy(this::update).isInstanceOf(TransferException.class);
    JsonNode list = TIU.run("list", "--json", "--sysroot", top()).orFail().json();
    assertThat(list.get(1).path("state").asText()).isEqualTo("building");
    long first = sent.getAndSet(0);
    server.answer(request -> counted(server.honest(request)));

    update();

    assertUpdated();
    assertThat(first).isPositive();
    assertThat(sent.get()).isLessThan(whole - (512 << 10));
  }

  @Test
  void killed_update_goes_on_and_fetches_no_block_twice_that_was_written() throws IOException {
    long whole = clean();
    long least = whole;
    for (int write : new int[] {12, 18, 24}) {
      disk.close();
      disk = newDisk();
      assertThat(killedAt(write)).as("killed at write " + write).isTrue();
      sent.set(0);

      update();

      assertUpdated();
      assertThat(sent.get()).as("fetched after a kill at write " + write).isLessThan(least);
      least = sent.get();
    }
    assertThat(least).isLessThan(whole / 2);
  }

  /** Sends SIGKILL to an update as it enters its nth write to a file by position. */
  private boolean killedAt(int write) throws IOException {
    List<String> argv = new ArrayList<>(Strace.killing("pwrite64", write));
    argv.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    argv.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    argv.addAll(List.of("-cp", System.getProperty("java.class.path")));
    argv.add(RemoteUpdate.class.getName());
    argv.addAll(List.of(server.uri().toString(), top().toString(), samples.keyring().toString()));
    return Command.of(argv).accepting(0, KILLED).run().exitCode() == KILLED;
  }

  @Test
  void image_that_is_there_already_is_described_by_its_skeleton() throws IOException {
    update();
    sent.set(0);

    RemoteUpdate.run(server.uri(), top(), samples.keyring(), RemoteUpdate.AGAIN, Deltas.NONE);

    assertThat(TIU.run("list", "--json", "--sysroot", top()).orFail().json()).hasSize(3);
    // The trailer, the signature and the first blocks; no table, no tree, no data.
    assertThat(sent.get()).isLessThan(256 << 10);
  }

  @Test
  void content_damaged_after_a_kill_is_fetched_anew() throws IOException {
    assertThat(killedAt(24)).isTrue();
    Path big = top().resolve("@/.snapshots/2/snapshot/usr/lib/big");
    try (var channel = FileChannel.open(big, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3, 4, 5, 6, 7, 8}), 4096);
    }

    update();

    assertUpdated();
  }
}
