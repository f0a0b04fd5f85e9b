package dev.tiu.bundle.squashfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An image with a field that lies is refused, and the message says which. */
class LyingImageTest {
  private HandMadeImage made = HandMadeImage.write();
  private byte[] image = made.bytes();

  @BeforeEach
  void write() {
    made = HandMadeImage.write();
    image = made.bytes();
  }

  @ParameterizedTest
  @CsvSource({
    // what, offset in it, bytes, new value, structure, problem
    "superblock, 0, 4, 0x71736873, superblock, magic is 71736873",
    "superblock, 28, 2, 3, superblock, version is 3.0",
    "superblock, 4, 4, 0, superblock, no inodes",
    "superblock, 4, 4, 0xffffffff, superblock, more than the limit",
    "superblock, 4, 4, 900, export table, expected 7200 in 1",
    "superblock, 12, 4, 2048, superblock, block size is 2048",
    "superblock, 12, 4, 5000, superblock, block size is 5000",
    "superblock, 22, 2, 13, superblock, logarithm 13",
    "superblock, 22, 2, 64, superblock, logarithm 64",
    "superblock, 16, 4, 0xffffffff, fragment table, more than the limit",
    "superblock, 16, 4, 2, fragment table, expected 32 in 1",
    "superblock, 20, 2, 2, superblock, lzma",
    "superblock, 20, 2, 9, superblock, compressor is number 9",
    "superblock, 20, 2, 5, compressor options, lz4 needs them",
    "superblock, 24, 2, 0x1000, superblock, unknown flags 1000",
    "superblock, 24, 2, 0x0400, compressor options, header is",
    "superblock, 26, 2, 0, superblock, no user and group ids",
    "superblock, 26, 2, 3, id table, expected 12 in 1",
    "superblock, 32, 8, 0x99990000, root inode, no metadata block",
    "superblock, 32, 8, 0xffff, root inode, lies at 65535",
    "superblock, 40, 8, 0x7fffffffffffffff, superblock, bytes",
    "superblock, 40, 8, -1, superblock, bytes",
    "superblock, 48, 8, 1, id table, doesn't fit",
    "superblock, 48, 8, 0x7ffffffffffffff8, id table, doesn't fit",
    "superblock, 56, 8, 1, xattr id table, expected from",
    "superblock, 64, 8, 0, superblock, not in order",
    "superblock, 64, 8, -1, superblock, not in order",
    "superblock, 72, 8, 97, superblock, not in order",
    "superblock, 80, 8, 97, fragment table, doesn't fit",
    "superblock, 88, 8, 97, export table, doesn't fit",
  })
  void superblock_field_that_lies_is_refused(
      String mark, int at, int size, String value, String structure, String problem) {
    put(at, size, value);
    assertRefused(structure, problem);
  }

  @ParameterizedTest
  @CsvSource({
    "inode table, 0, 2, 0x0000, inode table, metadata block of 0 stored bytes",
    "inode table, 0, 2, 0xa001, inode table, expected 1 to 8192",
    "inode table, 0, 2, 0x9000, inode table, runs over the table's end",
    "inode table, 0, 2, 0x0050, inode table, doesn't unpack",
    "directory table, 0, 2, 0x9000, directory table, runs over the table's end",
    "fragment list, 0, 8, 100, fragment table, first block is at 100",
    "export list, 0, 8, 0, export table, first block is at 0",
    "id list, 0, 8, -1, id table, first block is at -1",
    "id list, 0, 8, 0x7fffffffffffffff, id table, first block is at",
    "xattr header, 0, 8, 12, xattr id table, keys at 12",
    "xattr header, 8, 4, 0, xattr id table, 0 sets",
    "xattr header, 8, 4, 2, xattr id table, expected 32 in 1",
    "xattr header, 8, 4, 0xffffffff, xattr id table, more than the limit",
    "xattr list, 0, 8, 3, xattr id table, first block is at 3",
    "xattr ids, 2, 8, 0xff0000, xattr set 0, no metadata block",
    "xattr ids, 10, 4, 0xffffffff, xattr set 0, more than the limits",
    "xattr ids, 10, 4, 1000, xattr set 0, has only 0 left",
    "xattr keys, 2, 2, 3, xattr set 0, unknown type 3",
    "xattr keys, 2, 2, 0x402, xattr set 0, unknown type 1026",
    "xattr keys, 4, 2, 0, xattr set 0, a name of 0 bytes",
    "xattr keys, 4, 2, 250, xattr set 0, a name of 250 bytes",
    "xattr keys, 6, 1, 0xff, xattr set 0, isn't UTF-8",
    "xattr keys, 6, 1, 0, xattr set 0, a name with a NUL",
    "xattr keys, 7, 4, 65537, xattr set 0, a value of 65537 bytes",
    "xattr keys, 7, 4, 60000, xattr set 0, needs 60000 bytes",
    "xattr keys, 19, 4, 7, xattr set 0, out-of-line value of 7 bytes",
    "xattr keys, 23, 8, 0x70005, xattr set 0, no metadata block",
    "export block, 2, 8, 77, inode 1, export table has it at 4d",
    "fragment block, 2, 8, 5, fragment 0, at 5",
    "fragment block, 2, 8, -1, fragment 0, at -1",
    "fragment block, 2, 8, 0x7fffffffffffffff, fragment 0, at 9223372036854775807",
    "fragment block, 10, 4, 4097, fragment 0, 4097 stored bytes",
    "fragment block, 10, 4, 0x2000010, fragment 0, entry 02000010",
    "fragment block, 10, 4, 0, fragment 0, 0 stored bytes",
  })
  void table_that_lies_is_refused(
      String mark, int at, int size, String value, String structure, String problem) {
    put(made.at(mark) + at, size, value);
    assertRefused(structure, problem);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 0, 2, 15, unknown type 15",
    "1, 0, 2, 0, unknown type 0",
    "1, 2, 2, 0x4000, with the mode 40000",
    "1, 4, 2, 2, owner is id 2",
    "1, 6, 2, 0xffff, owner is id 65535",
    "1, 12, 4, 2, has the number 2",
    "1, 16, 8, 0, stored bytes at 0",
    "1, 16, 8, -1, stored bytes at -1",
    "1, 24, 8, -1, size of 18446744073709551615 bytes",
    "1, 24, 8, 0x7fffffffffffffff, needs 2251799813685247 bytes",
    "1, 24, 8, 8192, leaves no tail end",
    "1, 24, 8, 12287, doesn't fit",
    "1, 40, 4, 0, 0 links",
    "1, 44, 4, 1, tail end is in fragment 1",
    "1, 44, 4, 0xfffffffe, tail end is in fragment 4294967294",
    "1, 48, 4, 4000, doesn't fit",
    "1, 48, 4, 0xffffffff, doesn't fit",
    "1, 52, 4, 1, names set 1 of extended attributes",
    "1, 56, 4, 0x1000fff, is stored in 4095",
    "1, 56, 4, 4097, is stored in 4097",
    "1, 56, 4, 0x3000000, entry 03000000",
    "1, 56, 4, 0x1000000, entry 01000000",
    "1, 60, 4, 4096, stored bytes at",
    "2, 20, 4, 0, target of 0 bytes",
    "2, 20, 4, 4096, target of 4096 bytes",
    "2, 20, 4, 4000, needs 4028 bytes",
    "2, 24, 1, 0, target with a NUL",
    "3, 16, 4, 1, no metadata block",
    "3, 24, 2, 2, listing of 2 bytes",
    "3, 24, 2, 0xffff, listing of 65535 bytes",
    "3, 26, 2, 0xff00, lies at 65280",
    "5, 20, 4, 0x7fffffff, listing of 2147483647 bytes",
    "5, 32, 2, 0xffff, needs",
    "5, 48, 4, 0xffffffff, needs",
  })
  void inode_field_that_lies_is_refused(int inode, int at, int size, String value, String problem) {
    put(made.at("inode " + inode) + at, size, value);
    assertRefused("inode " + inode, problem);
  }

  @ParameterizedTest
  @CsvSource({
    "listing 5, 0, 4, 256, group of 257 entries",
    "listing 5, 0, 4, 0xffffffff, group of 4294967296 entries",
    "listing 5, 0, 4, 3, ends within an entry",
    "listing 5, 0, 4, 1, ends within an entry",
    "listing 5, 4, 4, 7, no metadata block",
    "listing 5, 8, 4, 0xffffffff, number is not from 1 to 5",
    "listing 5, 8, 4, 1, number is not from 1 to 5",
    "listing 5, 8, 4, 3, has the number 1",
    "inode 4, 0, 2, 7, 'node is a CHARACTER_DEVICE here, but inode 4 is a SOCKET'",
    "entry file, 0, 2, 0xfff0, has its inode at 65520",
    "entry file, 4, 2, 3, file is a SYMLINK here",
    "entry file, 4, 2, 8, unknown type 8",
    "entry file, 6, 2, 255, ends within an entry",
    "entry file, 8, 1, 0x2f, name /ile can't be",
    "entry file, 8, 1, 0, name \\x00ile can't be",
    "entry link, 8, 4, 0x656c6966, name file is not after",
    "entry link, 8, 1, 0x61, name aink is not after",
    "entry sub, 0, 2, 0, has the number 1",
  })
  void directory_that_lies_is_refused(String mark, int at, int size, String value, String problem) {
    put(made.at(mark) + at, size, value);
    SquashfsException refusal = refusal();
    assertThat(refusal).hasMessageContaining(problem);
  }

  @ParameterizedTest
  @CsvSource({".", ".."})
  void dots_as_names_are_refused(String dots) {
    // The entry's name is cut to the dots, and what was left becomes part of the next entry.
    int entry = made.at("entry file");
    put(entry + 6, 2, Integer.toString(dots.length() - 1));
    System.arraycopy(ascii(dots), 0, image, entry + 8, dots.length());
    assertRefused("listing of inode 5", "name " + dots + " can't be a file's");
  }

  @Test
  void directory_in_itself_is_refused() {
    // sub/node becomes the root.
    int offset = made.at("inode 5") - made.at("inode table") - 2;
    put(made.at("entry node"), 2, Integer.toString(offset));
    put(made.at("entry node") + 2, 2, "2");
    put(made.at("entry node") + 4, 2, "1");
    assertRefused("listing of inode 3", "sub/node is a directory that was already met");
  }

  @Test
  void two_inodes_with_one_number_are_refused() {
    put(made.at("inode 4") + 12, 4, "1");
    put(made.at("entry node") + 2, 2, "-2");
    assertRefused("inode 1", "another inode has the same number");
  }

  @Test
  void more_inodes_than_the_table_has_room_for_are_refused() {
    put(4, 4, "900");
    put(88, 8, "-1");
    assertRefused("inode table", "too few for 900 inodes");
  }

  @Test
  void root_that_is_no_directory_is_refused() {
    int offset = made.at("inode 4") - made.at("inode table") - 2;
    put(32, 8, Integer.toString(offset));
    assertRefused("root inode", "is a CHARACTER_DEVICE");
  }

  @Test
  void metadata_block_that_unpacks_to_too_much_is_refused() {
    byte[] bomb = HandMadeImage.deflate(new byte[8193], 0, 8193);
    int table = made.at("inode table");
    System.arraycopy(bomb, 0, image, table + 2, bomb.length);
    put(table, 2, Integer.toString(bomb.length));
    assertRefused("inode table", "doesn't end after 8192 bytes");
  }

  private void put(int at, int size, String value) {
    long number = Long.decode(value);
    ByteBuffer target = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < size; i++) {
      target.put(at + i, (byte) (number >> (8 * i)));
    }
  }

  private SquashfsException refusal() {
    SquashfsException refusal =
        catchThrowableOfType(SquashfsException.class, () -> Images.open(image).readTree());
    assertThat(refusal).isNotNull();
    assertThat(refusal.offset()).isBetween(-1L, Long.MAX_VALUE);
    return refusal;
  }

  private void assertRefused(String structure, String problem) {
    SquashfsException refusal = refusal();
    assertThat(refusal).hasMessageContaining(problem);
    assertThat(refusal.structure()).isIn(structure, "listing of " + structure);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
