package dev.tiu.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Numbers as the kernel's headers have them, in their own notation. */
final class AbiTest {
  @Test
  void x86_64_has_the_flags_of_asm_generic_and_numbers_of_its_own() {
    Abi abi = Abi.of("amd64");
    assertThat(abi.direct).isEqualTo(00040000);
    assertThat(abi.directory).isEqualTo(00200000);
    assertThat(abi.noFollow).isEqualTo(00400000);
    assertThat(abi.sysGetdents64).isEqualTo(217);
    assertThat(abi.sysMknodat).isEqualTo(259);
    assertThat(abi.sysRenameat2).isEqualTo(316);
    assertThat(abi.sysStatx).isEqualTo(332);
  }

  @Test
  void aarch64_has_flags_of_its_own_and_the_numbers_of_asm_generic() {
    Abi abi = Abi.of("aarch64");
    assertThat(abi.directory).isEqualTo(00040000);
    assertThat(abi.noFollow).isEqualTo(00100000);
    assertThat(abi.direct).isEqualTo(00200000);
    assertThat(abi.sysGetdents64).isEqualTo(61);
    assertThat(abi.sysMknodat).isEqualTo(33);
    assertThat(abi.sysRenameat2).isEqualTo(276);
    assertThat(abi.sysStatx).isEqualTo(291);
  }

  @Test
  void flags_that_all_share_are_those_of_asm_generic() {
    assertThat(Abi.O_RDWR).isEqualTo(00000002);
    assertThat(Abi.O_CREAT).isEqualTo(00000100);
    assertThat(Abi.O_EXCL).isEqualTo(00000200);
    assertThat(Abi.O_NOCTTY).isEqualTo(00000400);
    assertThat(Abi.O_NONBLOCK).isEqualTo(00004000);
    assertThat(Abi.O_CLOEXEC).isEqualTo(02000000);
    assertThat(Abi.O_PATH).isEqualTo(010000000);
  }

  @Test
  void other_machines_are_refused_by_name() {
    assertThatThrownBy(() -> Abi.of("riscv64"))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("riscv64");
  }

  /** Expected: what a C program prints that includes linux/btrfs.h and linux/fs.h. */
  @Test
  void ioctl_numbers_are_encoded_as_the_headers_do() {
    assertThat(Ioctl.none(0x94, 8)).as("BTRFS_IOC_SYNC").isEqualTo(0x9408);
    assertThat(Ioctl.write(0x94, 9, 4)).as("FICLONE").isEqualTo(0x40049409);
    assertThat(Ioctl.write(0x94, 13, 32)).as("FICLONERANGE").isEqualTo(0x4020940d);
    assertThat(Ioctl.write(0x94, 14, 4096)).as("SUBVOL_CREATE").isEqualTo(0x5000940e);
    assertThat(Ioctl.read(0x94, 25, 8)).as("SUBVOL_GETFLAGS").isEqualTo(0x80089419L);
    assertThat(Ioctl.readWrite(0x94, 17, 4096)).as("TREE_SEARCH").isEqualTo(0xd0009411L);
    assertThat(Ioctl.read(0x94, 60, 504)).as("GET_SUBVOL_INFO").isEqualTo(0x81f8943cL);
  }
}
