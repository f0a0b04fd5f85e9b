package dev.tiu.linux;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.util.Map;
import java.util.StringJoiner;

/** fsopen(2), fsconfig(2), fsmount(2): a mount that is only a descriptor. */
final class DetachedMount {
  private static final int FSOPEN_CLOEXEC = 1;
  private static final int FSCONFIG_SET_FLAG = 0;
  private static final int FSCONFIG_SET_STRING = 1;
  private static final int FSCONFIG_CMD_CREATE = 6;
  private static final int FSMOUNT_CLOEXEC = 1;
  private static final int MOUNT_ATTR_RDONLY = 1;

  private final int context;
  private final String label;

  private DetachedMount(int context, String label) {
    this.context = context;
    this.label = label;
  }

  static Dir open(String fsType, Path device, Map<String, String> options, Access access)
      throws LinuxException {
    if (access == Access.WRITABLE) {
      return open(fsType, device, options, access, access);
    }
    try {
      return open(fsType, device, options, Access.READ_ONLY, access);
    } catch (LinuxException e) {
      // Mounted writable elsewhere already: then this mount alone is read-only.
      if (e.errno() != Errno.EBUSY) {
        throw e;
      }
      return open(fsType, device, options, Access.WRITABLE, access);
    }
  }

  private static Dir open(
      String fsType,
      Path device,
      Map<String, String> options,
      Access fileSystemAccess,
      Access access)
      throws LinuxException {
    String label = fsType + " of " + device;
    long type = put(Scratch.NAME, fsType, label);
    long context = LibC.syscall(Abi.SYS_FSOPEN, type, FSOPEN_CLOEXEC, 0, 0, 0);
    Calls.check(context, "fsopen", Label.of(label), BytePath.ROOT);
    try {
      DetachedMount mount = new DetachedMount((int) context, label);
      mount.set("source", device.toString());
      for (Map.Entry<String, String> option : options.entrySet()) {
        mount.set(option.getKey(), option.getValue());
      }
      if (fileSystemAccess == Access.READ_ONLY) {
        mount.set("ro", "");
      }
      mount.config(FSCONFIG_CMD_CREATE, 0, 0, "create");
      return mount.root(access == Access.READ_ONLY ? MOUNT_ATTR_RDONLY : 0);
    } finally {
      int unused = LibC.close((int) context);
    }
  }

  private void set(String key, String value) throws LinuxException {
    long name = put(Scratch.NAME, key, label);
    if (value.isEmpty()) {
      config(FSCONFIG_SET_FLAG, name, 0, key);
    } else {
      config(FSCONFIG_SET_STRING, name, put(Scratch.OTHER, value, label), key + "=" + value);
    }
  }

  private void config(int command, long key, long value, String what) throws LinuxException {
    if (LibC.syscall(Abi.SYS_FSCONFIG, context, command, key, value, 0) < 0) {
      int number = LibC.errno();
      throw LinuxException.ofNumber(number, "fsconfig", label, what + log());
    }
  }

  /**
   * The mount's root as an ordinary handle, which keeps the file system mounted by itself when the
   * mount's own descriptor is closed.
   */
  private Dir root(int attributes) throws LinuxException {
    long fd = LibC.syscall(Abi.SYS_FSMOUNT, context, FSMOUNT_CLOEXEC, attributes, 0, 0);
    if (fd < 0) {
      throw LinuxException.ofNumber(LibC.errno(), "fsmount", label, log());
    }
    try {
      Label name = Label.of(label);
      int flags = Abi.HERE.directory;
      return new Dir(Calls.openBeneath((int) fd, name, BytePath.ROOT, flags, 0, 0), name);
    } finally {
      int unused = LibC.close((int) fd);
    }
  }

  /** Each read gives one message: {@code e btrfs: ...} for an error; ENODATA at the end. */
  private String log() {
    StringJoiner messages = new StringJoiner("; ", "; ", "").setEmptyValue("");
    Scratch scratch = Scratch.get();
    for (int i = 0; i < 16; i++) {
      long n = LibC.read(context, scratch.address(Scratch.DATA), 4096);
      if (n <= 0) {
        break;
      }
      messages.add(new String(scratch.bytes(Scratch.DATA, (int) n), UTF_8).strip());
    }
    return messages.toString();
  }

  private static long put(int area, String text, String label) throws LinuxException {
    return Scratch.get().put(area, text.getBytes(UTF_8), "fsconfig", () -> label);
  }
}
