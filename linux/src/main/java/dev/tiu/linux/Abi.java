package dev.tiu.linux;

/**
 * What differs between the machines that Linux runs on: numbers of system calls and flags of open.
 *
 * <p>From {@code arch/x86/entry/syscalls/syscall_64.tbl} and {@code asm-generic/fcntl.h} for
 * x86-64, {@code asm-generic/unistd.h} and {@code arch/arm64/include/uapi/asm/fcntl.h} for aarch64.
 * Both are little-endian with 64-bit longs, encode ioctl numbers alike and number the calls from
 * 424 on alike.
 */
enum Abi {
  X86_64(62, 0x10000, 0x20000, 0x4000, 217, 259, 316, 332),
  AARCH64(183, 0x4000, 0x8000, 0x10000, 61, 33, 276, 291);

  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0x40;
  static final int O_EXCL = 0x80;
  static final int O_NOCTTY = 0x100;
  static final int O_NONBLOCK = 0x800;
  static final int O_CLOEXEC = 0x80000;
  static final int O_PATH = 0x200000;

  static final int SYS_FSOPEN = 430;
  static final int SYS_FSCONFIG = 431;
  static final int SYS_FSMOUNT = 432;
  static final int SYS_OPENAT2 = 437;
  static final int SYS_FCHMODAT2 = 452;

  /** The machine that this runs on. */
  static final Abi HERE = of(System.getProperty("os.arch", ""));

  /** What programs for it have in their header: {@code linux/elf-em.h}. */
  final int elfMachine;

  final int directory;
  final int noFollow;
  final int direct;
  final int sysGetdents64;
  final int sysMknodat;
  final int sysRenameat2;
  final int sysStatx;

  Abi(
      int elfMachine,
      int directory,
      int noFollow,
      int direct,
      int sysGetdents64,
      int sysMknodat,
      int sysRenameat2,
      int sysStatx) {
    this.elfMachine = elfMachine;
    this.directory = directory;
    this.noFollow = noFollow;
    this.direct = direct;
    this.sysGetdents64 = sysGetdents64;
    this.sysMknodat = sysMknodat;
    this.sysRenameat2 = sysRenameat2;
    this.sysStatx = sysStatx;
  }

  /** By Java's name for the machine. */
  static Abi of(String osArch) {
    return switch (osArch) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64" -> AARCH64;
      default ->
          throw new UnsupportedOperationException(
              "no table of system calls for this machine: " + osArch + "; known: amd64, aarch64");
    };
  }
}
