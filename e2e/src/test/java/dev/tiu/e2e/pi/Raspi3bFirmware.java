package dev.tiu.e2e.pi;

import dev.tiu.e2e.machine.Firmware;
import dev.tiu.linux.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The model of the firmware in front of QEMU's {@code raspi3b} board, with the device tree that
 * lies on the card too, but for one node: the Bluetooth chip's, which QEMU hasn't, and to which
 * Linux would give the only serial line that is connected.
 */
public record Raspi3bFirmware() implements Firmware {
  private static final String BLUETOOTH = "/soc/serial@7e201000/bluetooth";

  @Override
  public List<String> arguments(Start start) throws IOException {
    PiFirmware.Loaded loaded = PiFirmware.load(start, PiModel.PI3, false);
    Path tree = loaded.work().resolve("board.dtb");
    Files.write(tree, loaded.files().read(loaded.found().deviceTree()).orElseThrow());
    Command.of("fdtput", "-r", tree.toString(), BLUETOOTH).run();
    List<String> argv = new ArrayList<>(loaded.argv());
    argv.addAll(List.of("-dtb", tree.toString()));
    return argv;
  }
}
