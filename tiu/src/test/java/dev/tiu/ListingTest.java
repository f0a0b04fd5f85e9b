package dev.tiu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.FileType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListingTest {
  @ParameterizedTest
  @CsvSource({
    "REGULAR, 644, -rw-r--r--",
    "REGULAR, 4755, -rwsr-xr-x",
    "REGULAR, 6644, -rwSr-Sr--",
    "REGULAR, 0, ----------",
    "DIRECTORY, 1777, drwxrwxrwt",
    "DIRECTORY, 1770, drwxrwx--T",
    "DIRECTORY, 2755, drwxr-sr-x",
    "SYMLINK, 777, lrwxrwxrwx",
    "CHARACTER_DEVICE, 666, crw-rw-rw-",
    "BLOCK_DEVICE, 660, brw-rw----",
    "FIFO, 600, prw-------",
    "SOCKET, 777, srwxrwxrwx",
  })
  void mode_is_as_ls_writes_it(FileType type, String octal, String expected) {
    assertThat(Listing.mode(type, Integer.parseInt(octal, 8))).isEqualTo(expected);
  }
}
