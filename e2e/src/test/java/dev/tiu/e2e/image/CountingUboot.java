package dev.tiu.e2e.image;

import dev.tiu.e2e.machine.UbootFirmware;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A U-Boot that counts its boots by itself, in an environment on the disk's FAT, as {@code
 * guest/build-u-boot} makes it.
 *
 * @param directory with {@code u-boot.bin} and both copies of the environment
 */
public record CountingUboot(Path directory) {
  private static final Duration BUILD = Duration.ofMinutes(40);
  private static final List<String> ENVIRONMENT = List.of("uboot.env", "uboot-redund.env");

  /** From the cache, or built, which takes some minutes. */
  public static CountingUboot built() throws IOException {
    Path script = Path.of(System.getProperty("e2e.guest")).resolve("build-u-boot");
    return new CountingUboot(
        Cache.ofUser()
            .get(
                "u-boot-bootcount",
                "",
                List.of(Cache.sha256(List.of(script))),
                part -> Command.of(script.toString(), part.toString()).timeLimit(BUILD).run()));
  }

  public UbootFirmware firmware() {
    return new UbootFirmware(directory.resolve("u-boot.bin"));
  }

  /** A copy of a disk whose board has saved its environment once. */
  public Path withEnvironment(BaseDisk base, Path copy) throws IOException {
    Command.of("cp", "--sparse=always", base.image().toString(), copy.toString()).run();
    String fat = copy + "@@" + base.boot().offset();
    for (String file : ENVIRONMENT) {
      Command.of("mcopy", "-i", fat, directory.resolve(file).toString(), "::/" + file).run();
    }
    return copy;
  }
}
