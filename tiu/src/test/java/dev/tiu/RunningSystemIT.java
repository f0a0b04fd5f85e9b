package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.tiu.linux.Command;
import dev.tiu.linux.testing.BtrfsDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Works without --sysroot, in a mount namespace whose root is a snapshot: what a booted device has.
 */
class RunningSystemIT {
  @TempDir private Path directory;

  private String tiu(BtrfsDisk disk, Object... arguments) throws IOException {
    return start(1, disk, arguments).run().text();
  }

  private Command start(int number, BtrfsDisk disk, Object... arguments) {
    return new RunningSystem(directory, disk).start(number, arguments);
  }

  @Test
  void the_running_system_is_found_updated_and_never_removed() throws IOException {
    Tiu tiu = Tiu.now();
    SampleSystems samples = SampleSystems.make(directory, tiu);
    try (BtrfsDisk disk = BtrfsDisk.create(512 << 20)) {
      Path top = disk.mountPoint();
      tiu.run("install", "--sysroot", top, "--keyring", samples.keyring(), samples.v1()).orFail();

      assertThat(tiu(disk, "status"))
          .contains("Device     /dev/loop")
          .contains("Booted     snapshot 1, version 1");
      assertThat(
              tiu(disk, "update", "--keyring", "/mnt" + samples.keyring(), "/mnt" + samples.v2()))
          .contains("Snapshot 2, version 2, is the default");
      tiu(
          disk,
          "update",
          "--force",
          "--keyring",
          "/mnt" + samples.keyring(),
          "/mnt" + samples.v2());
      tiu(disk, "gc", "--keep", "1");

      JsonNode list = new ObjectMapper().readTree(tiu(disk, "list", "--json"));
      assertThat(list.findValuesAsText("number"))
          .as("booted, which is the way back, and default")
          .containsExactly("1", "3");
      assertThat(list.get(0).path("isBooted").asBoolean()).isTrue();
      assertThat(list.get(1).path("isDefault").asBoolean()).isTrue();
      assertThat(list.get(1).path("base").asInt()).as("what ran").isEqualTo(1);
      assertThat(
              TreeComparison.differences(
                  samples.tree("v2"), top.resolve("@/.snapshots/3/snapshot"), "/etc"))
          .isEmpty();
    }
  }

  @Test
  void the_var_that_runs_is_never_replaced_removed_or_sealed() throws IOException {
    Tiu tiu = Tiu.now();
    SampleSystems samples = SampleSystems.make(directory, tiu);
    try (BtrfsDisk disk = BtrfsDisk.create(512 << 20)) {
      Path top = disk.mountPoint();
      tiu.run("install", "--sysroot", top, "--keyring", samples.keyring(), samples.v1()).orFail();
      Files.writeString(top.resolve("@/var/state"), "1");
      tiu.run("update", "--sysroot", top, "--keyring", samples.keyring(), samples.v2()).orFail();
      Path var = Files.createDirectory(directory.resolve("var"));
      Command.of("mount", "-o", "subvol=@/var", disk.device().toString(), var.toString()).run();
      try {
        Files.writeString(var.resolve("state"), "2");
        assertThat(start(2, disk, "rollback", "--var").run().text())
            .contains("Snapshot 1, version 1, is the default; it boots next")
            .contains("from the next boot on");
        Files.writeString(var.resolve("state"), "2, later");
        assertThat(start(2, disk, "rollback", "1", "--var").accepting(8).run().errorTail())
            .contains("snapshot 2 keeps", "reboot first");
        String[] update = {
          "update", "--force", "--keyring", "/mnt" + samples.keyring(), "/mnt" + samples.v2()
        };
        start(2, disk, (Object[]) update).run();

        Files.writeString(var.resolve("state"), "2, later still");
        assertThat(top.resolve("@/var/state")).as("what boots next").hasContent("1");
        assertThat(top.resolve("@/.snapshots/2/var/state")).hasContent("2, later still");
      } finally {
        Command.of("umount", var.toString()).run();
      }
    }
  }
}
