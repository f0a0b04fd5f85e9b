package dev.tiu.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.e2e.image.BaseDisk;
import dev.tiu.e2e.image.ImageTraits;
import dev.tiu.e2e.image.ImageTraits.Added;
import dev.tiu.e2e.image.RootTree;
import dev.tiu.e2e.image.TestBundle;
import dev.tiu.e2e.machine.GuestArchitecture;
import dev.tiu.e2e.machine.Machine;
import dev.tiu.e2e.machine.MachineSpec;
import dev.tiu.e2e.machine.Qcow2;
import dev.tiu.e2e.machine.UefiFirmware;
import dev.tiu.e2e.machine.WebServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trials, verdicts and automatic updates on x86-64 with systemd-boot. */
@Tag("e2e")
@Tag("slow")
final class HealthIT {
  /** {@code -De2e.cuts=N}, {@code -De2e.seed=N}. */
  private static final int CUTS = Integer.getInteger("e2e.cuts", 10);

  private static final long SEED = Long.getLong("e2e.seed", System.nanoTime());

  /** From the start to the verdict on an idle machine. */
  private static final int TRIAL_MILLIS = 75_000;

  private static RootTree tree;
  private static TestBundle first;
  private static TestBundle second;

  @TempDir Path directory;

  @BeforeAll
  static void makeImages() throws IOException {
    tree = RootTree.of(GuestArchitecture.AMD64);
    first = TestBundle.of(tree, "1", ImageTraits.withHealth().andNetwork());
    second = TestBundle.of(tree, "2", ImageTraits.withHealth().andNetwork());
  }

  private MachineSpec spec(String name, TestBundle... images) throws IOException {
    Path disk =
        Qcow2.overlay(BaseDisk.withSystemdBoot(first).image(), directory.resolve("disk.qcow2"));
    return spec(name, disk, images);
  }

  private MachineSpec spec(String name, Path disk, TestBundle... images) throws IOException {
    return MachineSpec.of(
            name, GuestArchitecture.AMD64, UefiFirmware.of(GuestArchitecture.AMD64), disk)
        .withShare(Updates.channel(directory, images));
  }

  private static Machine start(MachineSpec spec) throws IOException {
    Machine machine = Machine.start(spec);
    machine.awaitBoot(Machine.BOOT);
    return machine;
  }

  @Test
  void of_two_updates_before_a_reboot_the_last_is_tried_and_becomes_the_default() throws Exception {
    TestBundle third = TestBundle.of(tree, "3", ImageTraits.withHealth().andNetwork());
    try (Machine machine = start(spec("health-good", second, third))) {
      assertThat(HealthRounds.verdict(machine)).contains("Snapshot 1, the default, is healthy");
      Updates.update(machine, second);
      HealthRounds.becomesDefault(machine, third, 3);
      assertThat(HealthRounds.snapshots(machine)).startsWith("1 good, 2 ").doesNotContain("trying");
      assertThat(machine.run("cat /sys/class/watchdog/watchdog0/state")).isEqualTo("active");
      machine.reboot(Machine.BOOT);
      assertThat(HealthRounds.running(machine)).isEqualTo(3);
      assertThat(HealthRounds.verdict(machine)).contains("Snapshot 3, the default, is healthy");
    }
  }

  @Test
  void image_whose_service_fails_is_left_and_not_tried_again() throws Exception {
    TestBundle failing =
        TestBundle.of(
            tree,
            "4",
            ImageTraits.withHealth()
                .andService("app.service", "[Service]\nExecStart=/bin/false\n")
                .and(
                    Added.file(
                        "usr/lib/tiu/health.d/app.toml",
                        "kind = \"unit\"\nunit = \"app\"\ntimeout = \"20s\"\n")));
    try (Machine machine = start(spec("health-failing", failing))) {
      HealthRounds.isRejected(machine, failing, 2, "app");
    }
  }

  @Test
  void image_that_panics_is_left_after_its_tries() throws Exception {
    TestBundle panics = TestBundle.of(tree, "5", ImageTraits.withHealth().thatPanics());
    try (Machine machine = start(spec("health-panic", panics))) {
      HealthRounds.isLeftAfterItsTries(machine, panics, 2);
    }
  }

  /** When the watchdog is fed, a program that nothing can interrupt takes the only processor. */
  private static final String HANG =
      """
      [Unit]
      DefaultDependencies=no
      [Service]
      Type=oneshot
      ExecStart=/bin/sh -c 'until grep -qx active /sys/class/watchdog/watchdog0/state; do sleep 1; done; \
      echo -1 >/proc/sys/kernel/sched_rt_runtime_us; \
      exec chrt --fifo 99 sh -c "while :; do :; done"'
      """;

  @Test
  void image_that_hangs_is_reset_by_the_watchdog_and_left_after_its_tries() throws Exception {
    TestBundle hangs =
        TestBundle.of(tree, "6", ImageTraits.withHealth().andService("hang.service", HANG));
    try (Machine machine = start(spec("health-hang", hangs))) {
      HealthRounds.hangsAndIsLeft(machine, hangs, 2);
    }
  }

  @Test
  void image_whose_initrd_hangs_is_reset_by_the_watchdog_and_left_after_its_tries()
      throws Exception {
    TestBundle hangs = TestBundle.of(tree, "8", ImageTraits.withHealth().thatHangsInItsInitrd());
    try (Machine machine = start(spec("health-initrd-hang", hangs))) {
      HealthRounds.isLeftAfterItsTries(machine, hangs, 2);
    }
  }

  @Test
  void trial_whose_power_is_cut_goes_on_and_ends_well() throws Exception {
    Path armed = directory.resolve("armed.qcow2");
    MachineSpec spec =
        spec("health-cuts", Qcow2.overlay(BaseDisk.withSystemdBoot(first).image(), armed), second);
    Updates.arm(spec, second);
    Random random = new Random(SEED);
    System.out.println("cuts with -De2e.seed=" + SEED);
    for (int cut = 1; cut <= CUTS; cut++) {
      Path disk = Qcow2.overlay(armed, directory.resolve("cut-%d.qcow2".formatted(cut)));
      int millis = random.nextInt(TRIAL_MILLIS);
      System.out.printf("cut %d after %d ms%n", cut, millis);
      try (Machine machine =
          Machine.start(
              MachineSpec.of("health-cut-" + cut, spec.architecture(), spec.firmware(), disk))) {
        Thread.sleep(millis);
        machine.powerCut(Machine.BOOT);
        assertThat(HealthRounds.running(machine)).isEqualTo(2);
        assertThat(HealthRounds.verdict(machine)).contains("Snapshot 2");
        assertThat(HealthRounds.snapshots(machine)).isEqualTo("1 good, 2 good default");
      }
      Files.delete(disk);
    }
  }

  private static final String FAILING_CHECK =
      """
      mkdir -p /etc/tiu/health.d
      printf 'kind = "command"\\ncommand = ["/bin/false"]\\n' >/etc/tiu/health.d/broken.toml
      """;

  private static final String SSH = "[Service]\nExecStart=/bin/sleep infinity\n";

  @Test
  void default_that_breaks_gives_its_place_away_and_with_nothing_left_the_machine_stays_up()
      throws Exception {
    ImageTraits traits =
        ImageTraits.withHealth().and(Added.file("usr/lib/systemd/system/ssh.service", SSH));
    TestBundle withSsh = TestBundle.of(tree, "1", traits);
    Path disk =
        Qcow2.overlay(BaseDisk.withSystemdBoot(withSsh).image(), directory.resolve("disk.qcow2"));
    TestBundle next = TestBundle.of(tree, "2", traits);
    try (Machine machine = start(spec("health-broken", disk, next))) {
      HealthRounds.becomesDefault(machine, next, 2);

      machine.run(FAILING_CHECK);
      machine.reboot(Machine.BOOT);
      assertThat(HealthRounds.running(machine)).as("fails once").isEqualTo(2);
      machine.awaitBoot(Machine.BOOT);
      assertThat(HealthRounds.running(machine)).as("fails twice").isEqualTo(2);
      machine.awaitBoot(Machine.BOOT);
      assertThat(HealthRounds.running(machine)).as("fails for the last time").isEqualTo(2);
      machine.awaitBoot(Machine.BOOT);
      assertThat(HealthRounds.running(machine)).isEqualTo(1);
      assertThat(HealthRounds.verdict(machine)).contains("Snapshot 1, the default, is healthy");
      assertThat(HealthRounds.snapshots(machine))
          .contains("1 good default", "2 bad (broken: /bin/false ended with 1, in 3 boots running");

      machine.run(FAILING_CHECK);
      machine.reboot(Machine.BOOT);
      machine.awaitBoot(Machine.BOOT);
      machine.awaitBoot(Machine.BOOT);
      assertThat(HealthRounds.verdict(machine)).contains("The machine stays up for somebody");
      assertThat(machine.run("systemctl is-active ssh")).isEqualTo("active");
      assertThat(machine.console().textSince(0)).contains("The machine stays up for somebody");
      String boot = machine.run("cat /proc/sys/kernel/random/boot_id; sleep 60");
      assertThat(machine.run("cat /proc/sys/kernel/random/boot_id")).isEqualTo(boot);
      assertThat(HealthRounds.snapshots(machine)).contains("1 good default");
    }
  }

  @Test
  void timer_updates_from_a_web_server_reboots_and_the_image_becomes_the_default()
      throws Exception {
    Path www = Updates.channel(Files.createDirectory(directory.resolve("www")), first, second);
    try (WebServer server = WebServer.start(directory.resolve("nginx"), www);
        Machine machine = start(spec("health-timer").withNetwork())) {
      HealthRounds.updatesByTimer(machine, server, 2);
    }
  }
}
