package dev.tiu.boot.loader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tiu.linux.Dir;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class UBootBootcountTest extends BootLoaderContract {
  private final BoardEnvironmentModel environment = new BoardEnvironmentModel();

  @Override
  BootLoader open(Dir partition) {
    return new UBootBootcount(partition, environment, Optional.empty());
  }

  private UBootBootcount after(String count) {
    return new UBootBootcount(fixture.partition, environment, Optional.of(new BootCount(count)));
  }

  @Test
  void trial_is_begun_and_ended_in_one_write_each() throws IOException {
    environment.variables.put("bootcmd", "run distro_bootcmd");
    publishTwo();
    assertThat(environment.writes).isZero();
    loader.arm(2, 3);
    assertThat(environment.writes).isEqualTo(1);
    assertThat(environment.variables)
        .isEqualTo(
            Map.of(
                "bootcmd", "run distro_bootcmd",
                "tiu_trial", "2",
                "tiu_fresh", "yes",
                "upgrade_available", "1",
                "bootcount", "0",
                "bootlimit", "3",
                "altbootcmd", "run bootcmd"));
    loader.makeDefault(2);
    assertThat(environment.writes).isEqualTo(2);
    assertThat(environment.variables)
        .isEqualTo(
            Map.of(
                "bootcmd", "run distro_bootcmd",
                "upgrade_available", "0",
                "bootcount", "0",
                "bootlimit", "3",
                "altbootcmd", "run bootcmd"));
    loader.makeDefault(1);
    assertThat(environment.writes).isEqualTo(2);
  }

  @Test
  void tries_left_are_what_the_count_leaves_of_the_limit() throws IOException {
    publishTwo();
    loader.arm(2, 3);
    assertThat(loader.state().trial()).hasValue(new LoaderState.Trial(2, 3));
    environment.variables.put("bootcount", "2");
    assertThat(loader.state().trial()).hasValue(new LoaderState.Trial(2, 1));
    environment.variables.put("bootcount", "3");
    assertThat(loader.state().trial()).hasValue(new LoaderState.Trial(2, 0));
    environment.variables.put("bootcount", "4");
    assertThat(loader.state().trial()).hasValue(new LoaderState.Trial(2, 0));
  }

  @Test
  void what_the_script_would_not_try_is_no_trial() throws IOException {
    publishTwo();
    for (Map.Entry<String, String> odd :
        Map.of("tiu_trial", "2; reset", "upgrade_available", "yes", "bootlimit", "${x}")
            .entrySet()) {
      loader.arm(2, 3);
      environment.variables.put(odd.getKey(), odd.getValue());
      assertThat(loader.state().trial()).as(odd.toString()).isEmpty();
      loader.disarm();
      assertThat(environment.variables).as(odd.toString()).doesNotContainKey("tiu_trial");
    }
    assertThat(loader.state().isDefault()).hasValue(1);
  }

  @Test
  void altbootcmd_of_somebody_else_stays_and_nothing_is_tried() throws IOException {
    environment.variables.put("altbootcmd", "run recovery");
    publishTwo();
    assertThatThrownBy(() -> loader.arm(2, 3))
        .hasMessageContaining("an altbootcmd that isn't tiu's: 'run recovery'")
        .hasMessageContaining("fw_setenv altbootcmd 'run bootcmd'")
        .hasMessageContaining("loader = \"u-boot\"");
    assertThatThrownBy(loader::requireReady).hasMessageContaining("run recovery");
    assertThat(environment.variables).isEqualTo(Map.of("altbootcmd", "run recovery"));
  }

  @Test
  void environment_with_one_copy_counts_nothing() throws IOException {
    publishTwo();
    environment.twoCopies = false;
    assertThatThrownBy(() -> loader.arm(2, 3)).hasMessageContaining("one copy");
    assertThat(environment.writes).isZero();
  }

  @Test
  void build_that_has_not_counted_the_present_boot_is_not_trusted() throws IOException {
    publishTwo();
    assertThatThrownBy(() -> after("").arm(2, 3))
        .hasMessageContaining("hasn't counted this boot")
        .hasMessageContaining("CONFIG_BOOTCOUNT_LIMIT");
    assertThatThrownBy(() -> after("0").arm(2, 3)).hasMessageContaining("hasn't counted");
    after("1").arm(2, 3);
    assertThat(loader.state().trial()).isPresent();
  }

  @Test
  void default_is_as_it_was_where_the_environment_can_not_be_read() throws IOException {
    publishTwo();
    environment.readable = false;
    assertThatThrownBy(() -> loader.makeDefault(2)).hasMessageContaining("can't be read");
    environment.readable = true;
    assertThat(loader.state().isDefault()).hasValue(1);
  }

  @Test
  void disk_of_another_machine_gets_its_default_and_no_trial() throws IOException {
    loader = new UBootBootcount(fixture.partition, BoardEnvironment.NONE, Optional.empty());
    publishTwo();
    loader.makeDefault(2);
    assertThat(loader.state().isDefault()).hasValue(2);
    assertThatThrownBy(() -> loader.arm(1, 3)).hasMessageContaining("only its own machine reaches");
  }

  @Test
  void count_that_the_environment_does_not_have_is_shown_by_a_build_that_counts()
      throws IOException {
    assertThat(after("1").hasShownThatItCounts()).isTrue();
    environment.variables.put("bootcount", "0");
    assertThat(after("1").hasShownThatItCounts()).isTrue();
    assertThat(after("").hasShownThatItCounts()).isFalse();
    assertThat(after("0").hasShownThatItCounts()).isFalse();
    assertThat(new UBootBootcount(fixture.partition, environment, Optional.empty()))
        .returns(false, UBootBootcountTest::shown);
  }

  private static boolean shown(UBootBootcount loader) {
    try {
      return loader.hasShownThatItCounts();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void count_that_somebody_wrote_into_the_environment_shows_nothing() throws IOException {
    environment.variables.putAll(
        Map.of("bootcount", "1", "bootlimit", "3", "upgrade_available", "1"));
    assertThat(after("1").hasShownThatItCounts()).isFalse();
  }

  @Test
  void what_could_not_be_told_of_a_trial_has_shown_nothing() throws IOException {
    environment.twoCopies = false;
    assertThat(after("1").hasShownThatItCounts()).isFalse();
    environment.twoCopies = true;
    environment.readable = false;
    assertThat(after("1").hasShownThatItCounts()).isFalse();
  }

  @Test
  void default_stays_when_another_way_to_count_is_chosen() throws IOException {
    publishTwo();
    UBoot inFile = new UBoot(fixture.partition);
    assertThat(inFile.state().isDefault()).hasValue(1);
    inFile.arm(2, 3);
    assertThat(UBootScript.find(fixture.partition)).hasValue(UBootScript.COUNTS_IN_FILE);
    inFile.disarm();
    loader.arm(2, 3);
    assertThat(UBootScript.find(fixture.partition)).hasValue(UBootScript.COUNTED_BY_BUILD);
    assertThat(Files.exists(fixture.boot.resolve("tiu/uboot.txt"))).isTrue();
  }

  @Test
  void count_of_this_boot_is_the_last_argument_of_that_name() {
    assertThat(BootCount.of("quiet")).isEmpty();
    assertThat(BootCount.of("quiet tiu.bootcount=7 panic=5\n")).hasValue(new BootCount("7"));
    assertThat(BootCount.of("tiu.bootcount=7 tiu.bootcount=\n")).hasValue(new BootCount(""));
    assertThat(BootCount.of("xtiu.bootcount=7")).isEmpty();
    assertThat(new BootCount("99999999999").isCounted()).isFalse();
  }
}
