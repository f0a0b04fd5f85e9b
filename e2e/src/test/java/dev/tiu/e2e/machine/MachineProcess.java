package dev.tiu.e2e.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A machine's arguments for QEMU. */
final class MachineProcess {
  private MachineProcess() {}

  static List<String> argv(MachineSpec spec, Path sockets, Path console, List<String> firmware)
      throws IOException {
    List<String> argv = new ArrayList<>();
    argv.addAll(List.of("nice", "-n", "5", spec.architecture().emulator()));
    argv.addAll(spec.architecture().board());
    argv.addAll(List.of("-nodefaults", "-display", "none"));
    argv.addAll(List.of("-m", Integer.toString(spec.memory()), "-smp", "1"));
    // A guest's reboot ends the process, and the machine is started anew.
    argv.add("-no-reboot");
    argv.addAll(List.of("-pidfile", sockets.resolve("pid").toString()));
    argv.addAll(List.of("-qmp", "unix:" + sockets.resolve("qmp") + ",server=on,wait=off"));
    argv.addAll(
        List.of(
            "-chardev",
            socket("console", sockets) + ",logfile=" + console + ",logappend=on",
            "-serial",
            "chardev:console",
            "-chardev",
            socket("commands", sockets),
            "-device",
            "virtio-serial-pci",
            "-device",
            "virtserialport,chardev=commands,name=tiu.commands"));
    argv.addAll(List.of("-device", "virtio-rng-pci"));
    argv.addAll(List.of("-device", "i6300esb", "-action", "watchdog=reset"));
    argv.addAll(disk(spec));
    if (spec.isOnNetwork()) {
      argv.addAll(
          List.of("-netdev", "user,id=network", "-device", "virtio-net-pci,netdev=network"));
    }
    spec.share()
        .ifPresent(
            directory ->
                argv.addAll(
                    List.of(
                        "-virtfs",
                        "local,mount_tag=share,security_model=none,readonly=on,multidevs=remap,path="
                            + directory)));
    argv.addAll(firmware);
    return argv;
  }

  private static List<String> disk(MachineSpec spec) throws IOException {
    List<String> argv = new ArrayList<>();
    if (spec.writeLog().isEmpty()) {
      argv.add("-drive");
      argv.add("if=none,id=disk,format=qcow2,cache=writeback,discard=unmap,file=" + spec.disk());
    } else {
      Path log = spec.writeLog().get();
      // What a start of the machine writes follows what those before it have written.
      String append = "on";
      if (!Files.exists(log)) {
        Files.createFile(log);
        append = "off";
      }
      argv.addAll(
          List.of(
              "-blockdev",
              "driver=qcow2,node-name=content,file.driver=file,file.filename=" + spec.disk(),
              "-blockdev",
              "driver=file,node-name=log,filename=" + log,
              "-blockdev",
              "driver=blklogwrites,node-name=disk,file=content,log=log,log-append="
                  + append
                  + ",log-super-update-interval=1"));
    }
    // Where QEMU itself puts a kernel into memory, that comes first.
    argv.addAll(List.of("-device", "virtio-blk-pci,drive=disk,bootindex=1"));
    return argv;
  }

  private static String socket(String name, Path sockets) {
    return "socket,id=" + name + ",path=" + sockets.resolve(name) + ",server=on,wait=off";
  }
}
