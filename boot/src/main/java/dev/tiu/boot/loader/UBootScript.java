package dev.tiu.boot.loader;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import dev.tiu.linux.FileHandle;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * tiu's boot script for U-Boot, by where a trial is counted. A try is counted before it is made,
 * and not made if it can't be counted.
 *
 * <p>At U-Boot's prompt, {@code setenv tiu_choose 5; boot} starts snapshot 5 once. That is no try,
 * unless 5 is the one on trial.
 *
 * <p>What it loads first goes to where the kernel comes at last: U-Boot runs a copy of a script
 * ({@code run_command_list} in {@code common/cli.c}).
 */
enum UBootScript {
  /** In {@code tiu/uboot.env}, by the script itself. */
  COUNTS_IN_FILE(
      "tiu",
      """
      setenv tiu_trial
      setenv tiu_left 0
      if load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} tiu/uboot.env; then
        env import -c ${kernel_addr_r} ${filesize} tiu_trial tiu_left
      fi
      """,
      """
      if test -n "${tiu_trial}" && test "${tiu_left}" -gt 0; then
        setexpr tiu_left ${tiu_left} - 1
        if env export -c -s 0x1000 ${kernel_addr_r} tiu_left tiu_trial; then
          if fatwrite ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} tiu/uboot.env 0x1000; then
            setenv tiu_boot "${tiu_trial}"
          fi
        fi
      fi
      setenv tiu_told
      if test -n "${bootcount}"; then
        setenv tiu_told " tiu.bootcount=${bootcount}"
      fi
      setenv tiu_note "trial ${tiu_trial}, left ${tiu_left}"
      """),

  /**
   * In the board's environment, by U-Boot: {@code bootcount_inc} in {@code include/bootcount.h} has
   * set bootcount before any script runs, and has saved it too, if it is kept in the environment.
   * Whether it could save it doesn't show; so the script saves it once more, which does.
   *
   * <p>A count in a register goes on from what it was before the trial: it is set back then, and
   * the board started again. Without the command for that no try is made.
   */
  COUNTED_BY_BUILD(
      "tiu-bootcount",
      "",
      """
      if test -n "${tiu_trial}" && test "${upgrade_available}" = "1"; then
        if test -n "${tiu_fresh}" && test "${bootcount}" -gt 1; then
          if bootcount reset; then
            setenv tiu_fresh
            if saveenv; then
              reset
            fi
          fi
        fi
        if test "${bootcount}" -gt 0 && test "${bootcount}" -le "${bootlimit}"; then
          setenv tiu_fresh
          if saveenv; then
            setenv tiu_boot "${tiu_trial}"
          fi
        fi
      fi
      setenv tiu_told " tiu.bootcount=${bootcount}"
      setenv tiu_note "trial ${tiu_trial}, boot ${bootcount} of ${bootlimit}"
      """);

  /** What U-Boot's standard boot looks for, after an extlinux.conf. */
  static final BytePath PATH = BytePath.of("boot.scr");

  /** Cleared first, so that a saved environment has nothing of an earlier boot. */
  private static final String BEGIN =
      """
      setenv tiu_default
      setenv tiu_boot
      setenv tiu_chosen "${tiu_choose}"
      setenv tiu_choose
      """;

  private static final String NO_TRY =
      """
      if test -n "${tiu_chosen}" && test "${tiu_chosen}" != "${tiu_trial}"; then
        setenv tiu_trial
      fi
      """;

  private static final String CHOICE =
      """
      if test -n "${tiu_chosen}"; then
        setenv tiu_boot "${tiu_chosen}"
        setenv tiu_note chosen
      fi
      """;

  private static final String START =
      """
      if load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} tiu/uboot.txt; then
        env import -t ${kernel_addr_r} ${filesize} tiu_default
      fi
      for tiu_number in ${tiu_boot} ${tiu_default}; do
        echo "tiu: snapshot ${tiu_number}, ${tiu_note}"
        setenv tiu_args
        setenv tiu_set
        setenv tiu_initrd
        setenv tiu_dtbs
        load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} tiu/entries/${tiu_number}
        env import -t ${kernel_addr_r} ${filesize} tiu_args tiu_set tiu_initrd tiu_dtbs
        setenv bootargs "${tiu_args}${tiu_told}"
        setenv tiu_fdt "${fdt_addr}"
        if test -n "${tiu_dtbs}" && test -n "${fdtfile}"; then
          if load ${devtype} ${devnum}:${distro_bootpart} ${fdt_addr_r} tiu/${tiu_set}/dtbs/${fdtfile}; then
            setenv tiu_fdt "${fdt_addr_r}"
          fi
        fi
        if load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} tiu/${tiu_set}/linux; then
          setenv tiu_ramdisk -
          if test -n "${tiu_initrd}"; then
            load ${devtype} ${devnum}:${distro_bootpart} ${ramdisk_addr_r} tiu/${tiu_set}/initrd
            setenv tiu_ramdisk "${ramdisk_addr_r}:${filesize}"
          fi
          booti ${kernel_addr_r} ${tiu_ramdisk} ${tiu_fdt}
          bootz ${kernel_addr_r} ${tiu_ramdisk} ${tiu_fdt}
        fi
        echo "tiu: snapshot ${tiu_number} cannot be started"
      done
      sleep 5
      reset
      """;

  private static final String RUN =
      """
      if load ${devtype} ${devnum}:${distro_bootpart} ${kernel_addr_r} %s; then
        source ${kernel_addr_r}
      fi
      echo "tiu: %<s cannot be run"
      """;

  /** In the image's header: by it one script is told from the other, and from somebody else's. */
  private final String imageName;

  private final String lookForTrial;
  private final String countTry;

  UBootScript(String imageName, String lookForTrial, String countTry) {
    this.imageName = imageName;
    this.lookForTrial = lookForTrial;
    this.countTry = countTry;
  }

  byte[] text() {
    return (BEGIN + lookForTrial + NO_TRY + countTry + CHOICE + START).getBytes(UTF_8);
  }

  byte[] image() {
    return BootScript.of(imageName, text());
  }

  /** As it lies on a boot partition. */
  LoaderScript onPartition() {
    return new LoaderScript(PATH, image());
  }

  /** What is found at {@link #PATH}: {@link Sector#SIZE} bytes that run it. */
  byte[] starter() {
    String text = RUN.formatted(onPartition().place());
    int padding = Sector.SIZE - BootScript.of(imageName, text.getBytes(UTF_8)).length;
    return BootScript.of(imageName, (text + "#".repeat(padding)).getBytes(UTF_8));
  }

  /** The one that lies on a boot partition; empty if none does, or it isn't tiu's. */
  static Optional<UBootScript> find(Dir partition) throws IOException {
    if (partition.find(PATH).filter(s -> s.size() >= BootScript.HEADER).isEmpty()) {
      return Optional.empty();
    }
    ByteBuffer header = ByteBuffer.allocate(BootScript.HEADER);
    try (FileHandle file = partition.openFile(PATH)) {
      file.readFully(header, 0);
    }
    String name = BootScript.name(header.flip());
    for (UBootScript script : values()) {
      if (script.imageName.equals(name)) {
        return Optional.of(script);
      }
    }
    return Optional.empty();
  }
}
