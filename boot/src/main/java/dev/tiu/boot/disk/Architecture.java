package dev.tiu.boot.disk;

/**
 * What kind of machine the disk is for, as its root partition's type says it: the Discoverable
 * Partitions Specification has one type for each.
 */
public enum Architecture {
  X86_64("4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709"),
  AARCH64("B921B045-1DF0-41C3-AF44-4C6F280D3FAE"),
  ARM("69DAD710-2CE4-4E3C-B16C-21A1D49ABED3"),
  RISCV64("72EC70A6-CF74-40E6-BD49-4BDA08E8F224");

  private final String rootType;

  Architecture(String rootType) {
    this.rootType = rootType;
  }

  /**
   * By the name that {@code uname -m} has for it.
   *
   * @throws IllegalArgumentException if the specification has no type that is known here
   */
  public static Architecture of(String machine) {
    return switch (machine) {
      case "x86_64" -> X86_64;
      case "aarch64" -> AARCH64;
      case "armv6l", "armv7l" -> ARM;
      case "riscv64" -> RISCV64;
      default ->
          throw new IllegalArgumentException(
              "no partition type is known for a root of "
                  + machine
                  + "; for x86_64, aarch64, armv7l and riscv64 there is one");
    };
  }

  String rootType() {
    return rootType;
  }
}
