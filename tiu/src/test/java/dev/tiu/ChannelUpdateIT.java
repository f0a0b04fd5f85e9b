package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.tiu.bundle.Channel;
import dev.tiu.bundle.http.testing.Reply;
import dev.tiu.bundle.http.testing.Request;
import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates from directories and servers that were published, whole and broken. */
class ChannelUpdateIT {
  @TempDir private static Path samplesDirectory;

  private static final Tiu TIU = Tiu.now();
  private static final String DELTA = "os-2.from-os-1.tiud";
  private static SampleSystems samples;

  @TempDir private Path directory;
  private BtrfsDisk disk;
  private WebDirectory web;

  @BeforeAll
  static void pack() throws IOException {
    samples = SampleSystems.make(samplesDirectory, TIU);
    samples.changeALittle("v2");
    Path published = Files.createDirectory(samplesDirectory.resolve("published"));
    Files.copy(samples.v1(), published.resolve("os-1.tiu"));
    Files.copy(samples.v2(), published.resolve("os-2.tiu"));
    publish(published).orFail();
  }

  private static Tiu.Outcome publish(Path directory) {
    return TIU.run(
        "publish",
        directory,
        "--keyring",
        samples.keyring(),
        "--key",
        samplesDirectory.resolve("keys/signer.key.pem"),
        "--cert",
        samplesDirectory.resolve("keys/signer.crt.pem"));
  }

  /** A device with version 1, and a server with both versions. */
  @BeforeEach
  void makeDisk() throws IOException {
    try (Stream<Path> files = Files.list(samplesDirectory.resolve("published"))) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName()));
      }
    }
    disk = BtrfsDisk.create(512 << 20);
    TIU.run("install", "--sysroot", top(), "--keyring", samples.keyring(), samples.v1()).orFail();
    web = WebDirectory.serving(directory);
  }

  @AfterEach
  void removeDisk() throws IOException {
    web.close();
    disk.close();
  }

  private Path top() {
    return disk.mountPoint();
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  private Tiu.Outcome update(Object... more) {
    Object[] arguments = {"update", "--sysroot", top(), "--keyring", samples.keyring()};
    Object[] all = Arrays.copyOf(arguments, arguments.length + more.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return TIU.run(all);
  }

  private void assertIsSecond() throws IOException {
    assertHolds("v2");
  }

  private void assertHolds(String tree) throws IOException {
    Path snapshot = top().resolve("@/.snapshots/2");
    assertThat(TreeComparison.differences(samples.tree(tree), snapshot.resolve("snapshot"), "/etc"))
        .isEmpty();
    assertThat(
            TreeComparison.differences(samples.tree(tree).resolve("etc"), snapshot.resolve("etc")))
        .isEmpty();
    assertThat(list()).hasSize(2);
    assertThat(list().path(1).path("isDefault").asBoolean()).isTrue();
  }

  private void assertNothingChanged() throws IOException {
    assertThat(list()).hasSize(1);
    assertThat(list().path(0).path("isDefault").asBoolean()).isTrue();
  }

  private JsonNode list() throws IOException {
    return TIU.run("list", "--json", "--sysroot", top()).orFail().json();
  }

  @Test
  void newest_image_of_a_directory_is_installed() throws IOException {
    Tiu.Outcome outcome = update(directory).orFail();

    assertIsSecond();
    assertThat(outcome.out()).contains("version 2, is the default").doesNotContain("Downloaded");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void nothing_newer_is_no_failure() throws IOException {
    update(path("channel.json")).orFail();

    Tiu.Outcome again = update(directory).orFail();

    assertThat(again.err()).contains("has nothing newer: version 2, and this device has 2");
    assertThat(list()).hasSize(2);
  }

  @Test
  void newest_image_of_a_server_is_installed_by_its_delta() throws IOException {
    Tiu.Outcome outcome = update(web.url("")).orFail();

    assertIsSecond();
    assertThat(outcome.out()).containsPattern("Downloaded .* requests \\(delta from 1\\)");
    assertThat(outcome.err()).isEmpty();
    assertThat(web.requestsFor("channel.json")).isEqualTo(1);
  }

  @Test
  void delta_is_found_beside_a_bundle_on_a_server() throws IOException {
    Tiu.Outcome outcome = update(web.url("os-2.tiu")).orFail();

    assertIsSecond();
    assertThat(outcome.out()).contains("(delta from 1)");
  }

  @Test
  void bundle_alone_on_a_server_is_read_by_ranges() throws IOException {
    Files.delete(path("channel.json"));

    Tiu.Outcome outcome = update(web.url("os-2.tiu")).orFail();

    assertIsSecond();
    assertThat(outcome.out()).containsPattern("Downloaded .* \\(ranges of the bundle\\)");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void broken_channel_beside_a_bundle_is_said_and_does_no_harm() throws IOException {
    Files.writeString(path("channel.json"), "{\"format\": 1, \"images\": 5}");

    Tiu.Outcome outcome = update(web.url("os-2.tiu")).orFail();

    assertIsSecond();
    assertThat(outcome.err()).contains("channel.json: not a channel's description");
    assertThat(outcome.out()).contains("(ranges of the bundle)");
  }

  @Test
  void broken_channel_is_refused() throws IOException {
    Files.writeString(path("channel.json"), "[]");

    assertThat(update(web.url("")).code()).isEqualTo(ExitCode.DAMAGED);
    assertThat(update(directory).code()).isEqualTo(ExitCode.DAMAGED);
    assertNothingChanged();
  }

  @Test
  void missing_delta_falls_back_to_ranges_and_is_said() throws IOException {
    Files.delete(path(DELTA));

    Tiu.Outcome outcome = update(web.url("")).orFail();

    assertIsSecond();
    assertThat(outcome.err())
        .contains("The delta can't be used: ", DELTA, "What differs is taken from the bundle");
    assertThat(outcome.out()).contains("(ranges of the bundle)");
  }

  @Test
  void broken_delta_falls_back_to_ranges_and_is_said() throws IOException {
    byte[] delta = Files.readAllBytes(path(DELTA));
    delta[delta.length - 40] ^= 1;
    Files.write(path(DELTA), delta);

    Tiu.Outcome outcome = update(web.url("")).orFail();

    assertIsSecond();
    assertThat(outcome.err()).contains("The delta can't be used: ");
    assertThat(outcome.out()).contains("(ranges of the bundle)");
  }

  @Test
  void delta_whose_patches_are_damaged_is_made_up_for_from_the_bundle() throws IOException {
    byte[] delta = Files.readAllBytes(path(DELTA));
    delta[10] ^= 1;
    Files.write(path(DELTA), delta);

    Tiu.Outcome outcome = update(web.url("")).orFail();

    assertIsSecond();
    assertThat(outcome.err()).contains("couldn't be made with the delta");
    assertThat(outcome.out()).contains("(ranges of the bundle)").doesNotContain("(delta from");
  }

  /**
   * Two small files change, whose content lies in one block of the image, and both have patches.
   * Where one of the old files isn't what it was, that block is fetched anyway, and the other's
   * patch would come on top of it.
   */
  @Test
  void delta_that_saves_nothing_on_this_device_is_not_used() throws IOException {
    shell(
        samplesDirectory,
        "cp -a v1 v3; cd v3/usr/lib; sed -i s/Sample/sample/ os-release;"
            + " printf X | dd of=tool bs=1 seek=5000 conv=notrunc status=none");
    Files.copy(samples.pack("v3", "3"), path("os-3.tiu"));
    publish(directory).orFail();
    assertThat(update("--check", web.url("")).orFail().out()).contains("(delta from 1)");

    shell(
        top().resolve("@/.snapshots/1/snapshot"),
        "btrfs property set . ro false; echo more >> usr/lib/os-release;"
            + " btrfs property set . ro true");

    assertThat(update("--check", web.url("")).orFail().out())
        .contains("Downloads about ")
        .doesNotContain("delta from");
    assertThat(update(web.url("")).orFail().out())
        .contains("(ranges of the bundle)")
        .doesNotContain("delta from");
  }

  private static void shell(Path directory, String script) throws IOException {
    Command.of("bash", "-euc", script).directory(directory).run();
  }

  @Test
  void delta_can_be_named_by_its_address() throws IOException {
    Files.delete(path("channel.json"));

    Tiu.Outcome outcome = update(web.url("os-2.tiu"), "--delta", web.url(DELTA)).orFail();

    assertIsSecond();
    assertThat(outcome.out()).contains("(delta from 1)");
    assertThat(outcome.err()).isEmpty();
  }

  @Test
  void named_delta_of_other_images_is_said_and_the_one_beside_the_bundle_taken()
      throws IOException {
    Path back = directory.resolve("back.tiud");
    TIU.run(
            "delta",
            samples.v2(),
            samples.v1(),
            "--output",
            back,
            "--key",
            samplesDirectory.resolve("keys/signer.key.pem"),
            "--cert",
            samplesDirectory.resolve("keys/signer.crt.pem"))
        .orFail();

    Tiu.Outcome outcome = update(web.url("os-2.tiu"), "--delta", back).orFail();

    assertIsSecond();
    assertThat(outcome.err())
        .contains("back.tiud leads from another image (version 2) or to another one (version 1)");
    assertThat(outcome.out()).contains("(delta from 1)");
  }

  @Test
  void named_delta_that_is_a_channel_is_a_mistake() throws IOException {
    assertThat(update(path("os-2.tiu"), "--delta", directory).code()).isEqualTo(ExitCode.USAGE);
    assertNothingChanged();
  }

  @Test
  void newest_image_that_wants_a_version_in_between_is_passed_over() throws IOException {
    Path far = samples.pack("v2", "9", "--min-version", "5");
    Files.copy(far, path("os-9.tiu"));
    publish(directory).orFail();

    update(directory).orFail();

    assertIsSecond();
    assertThat(list().path(1).path("version").asText()).isEqualTo("2");
  }

  @Test
  void channel_whose_images_all_want_a_later_version_says_which() throws IOException {
    Files.delete(path("os-1.tiu"));
    Files.delete(path("os-2.tiu"));
    Files.copy(samples.pack("v2", "9", "--min-version", "5"), path("os-9.tiu"));
    publish(directory).orFail();

    Tiu.Outcome outcome = update(directory);

    assertThat(outcome.code()).isEqualTo(ExitCode.UNFIT);
    assertThat(outcome.err()).contains("the nearest wants 5");
    assertNothingChanged();
  }

  @Test
  void channel_of_a_server_without_ranges_never_touches_the_disk() throws IOException {
    Path cache = directory.resolve("cache");
    web.answer(
        request ->
            request.target().endsWith(".json")
                ? Reply.of(200, new byte[Channel.MAX_SIZE + 1])
                : web.answer(request));

    Tiu.Outcome outcome = update(web.url(""), "--cache-dir", cache);

    assertThat(outcome.code()).isEqualTo(ExitCode.DAMAGED);
    assertThat(outcome.err()).contains("channel.json: 4194305 bytes");
    assertThat(cache).doesNotExist();
    assertNothingChanged();
  }

  @Test
  void delta_from_another_image_than_the_devices_is_said_and_not_used() throws IOException {
    update(samples.pack("v1", "1.5")).orFail();

    Tiu.Outcome outcome = update(path("os-2.tiu"), "--delta", path(DELTA)).orFail();

    assertThat(outcome.err()).contains("leads from another image (version 1)");
    Path root = top().resolve("@/.snapshots/3/snapshot");
    assertThat(TreeComparison.differences(samples.tree("v2"), root, "/etc")).isEmpty();
  }

  @Test
  void delta_can_be_named_for_a_bundle_of_this_machine() throws IOException {
    assertThat(update(path("os-2.tiu"), "--check", "--json").orFail().json().has("deltaFrom"))
        .isFalse();
    JsonNode check =
        update(path("os-2.tiu"), "--delta", path(DELTA), "--check", "--json").orFail().json();
    assertThat(check.has("deltaFrom")).isTrue();

    update(path("os-2.tiu"), "--delta", path(DELTA)).orFail();

    assertIsSecond();
  }

  @Test
  void image_that_is_listed_but_gone_is_an_error_that_changes_nothing() throws IOException {
    Files.delete(path("os-2.tiu"));

    Tiu.Outcome remote = update(web.url(""));
    Tiu.Outcome local = update(directory);

    assertThat(remote.code()).isEqualTo(ExitCode.NETWORK);
    assertThat(remote.err()).contains("os-2.tiu", "404");
    assertThat(local.code()).isEqualTo(ExitCode.IO);
    assertThat(local.err()).contains("os-2.tiu");
    assertNothingChanged();
  }

  @Test
  void bundle_replaced_in_mid_update_is_started_over_with() throws IOException {
    Files.delete(path("channel.json"));
    Path other = samples.pack("v2", "3");
    AtomicBoolean replaced = new AtomicBoolean();
    web.answer(
        request -> {
          // The end has been read, and with it the signature of what goes away now.
          boolean data = request.range().startsWith("bytes=") && !isAboutTheEnd(request);
          if (data && replaced.compareAndSet(false, true)) {
            // By a rename, so that no other request finds nothing there.
            Files.move(other, path("os-2.tiu"), StandardCopyOption.ATOMIC_MOVE);
          }
          return web.answer(request);
        });

    Tiu.Outcome outcome = update(web.url("os-2.tiu")).orFail();

    assertThat(replaced).isTrue();
    assertIsSecond();
    assertThat(outcome.err()).contains("was replaced while it was read: starting over");
    assertThat(outcome.out()).contains("version 3, is the default");
  }

  private static boolean isAboutTheEnd(Request request) {
    return request.range().startsWith("bytes=-");
  }

  @Test
  void check_says_what_there_is_and_changes_nothing() throws IOException {
    Tiu.Outcome text = update("--check", web.url("")).orFail();
    JsonNode json = update("--check", "--json", web.url("")).orFail().json();

    assertThat(text.out())
        .contains("version 2; this device has version 1", "Writes ", "Downloads about ");
    assertThat(json.path("available").asBoolean()).isTrue();
    assertThat(json.path("image").path("version").asText()).isEqualTo("2");
    assertThat(json.path("installed").path("version").asText()).isEqualTo("1");
    assertThat(json.path("downloadBytes").asLong()).isBetween(1L, Files.size(path("os-2.tiu")));
    assertThat(json.path("writeBytes").asLong()).isGreaterThan(3 << 20);
    assertThat(json.path("deltaFrom").asText()).matches("[0-9a-f]{64}");
    assertNothingChanged();
    assertThat(top().resolve("@/.snapshots/2")).doesNotExist();
  }

  @Test
  void check_of_what_is_installed_finds_nothing_to_do() throws IOException {
    Files.delete(path("os-2.tiu"));
    publish(directory).orFail();

    JsonNode json = update("--check", "--json", directory).orFail().json();

    assertThat(json.path("available").asBoolean()).isFalse();
    assertThat(update("--check", path("os-1.tiu")).orFail().out()).contains("Nothing to do");
  }

  @Test
  void source_of_the_configuration_is_taken_when_none_is_given() throws IOException {
    assertThat(update().code()).isEqualTo(ExitCode.USAGE);
    Path toml = top().resolve("@/.snapshots/1/snapshot/etc/tiu/tiu.toml");
    Files.writeString(
        toml, Files.readString(toml) + "[update]\nsource = \"" + web.url("") + "\"\n");

    update().orFail();

    assertIsSecond();
  }

  @Test
  void channel_without_an_image_for_the_device_is_said() throws IOException {
    Tiu.Outcome outcome = update("--device", "other", directory);

    assertThat(outcome.code()).isEqualTo(ExitCode.UNFIT);
    assertThat(outcome.err()).contains("has no image for other", "among its 2 images");
    assertNothingChanged();
  }

  @Test
  void directory_that_is_no_channel_is_said() throws IOException {
    Files.delete(path("channel.json"));

    assertThat(update(directory).code()).isEqualTo(ExitCode.IO);
    assertThat(update(directory).err()).contains("there is no such channel");
    assertThat(update(web.url("")).err()).contains("there is no such channel");
    assertNothingChanged();
  }

  @Test
  void server_that_gives_no_parts_is_read_whole() throws IOException {
    Path cache = directory.resolve("cache");
    web.answer(
        request -> {
          Reply reply = web.answer(new Request(0, "GET", request.target(), Map.of()));
          return reply.without("Accept-Ranges");
        });

    Tiu.Outcome outcome = update(web.url(""), "--cache-dir", cache).orFail();

    assertIsSecond();
    assertThat(outcome.out()).contains("Downloaded ");
    assertThat(cache).isEmptyDirectory();
  }
}
