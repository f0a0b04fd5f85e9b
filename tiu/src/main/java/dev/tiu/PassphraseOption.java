package dev.tiu;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the passphrase of private keys stands: never on the command line, which all can see. */
final class PassphraseOption {
  private static final int LONGEST = 4096;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "The first line of FILE is the passphrase of the private keys.")
  private Optional<Path> file = Optional.empty();

  /** The first line, if a file was named. */
  Optional<char[]> read() throws IOException {
    return file.isPresent() ? Optional.of(firstLine(file.get())) : Optional.empty();
  }

  private static char[] firstLine(Path file) throws IOException {
    byte[] bytes = readStart(file);
    int end = 0;
    while (end < bytes.length && bytes[end] != '\n' && bytes[end] != '\r') {
      end++;
    }
    if (end == 0 || end > LONGEST) {
      throw new UsageException(
          file + ": its first line must be a passphrase, of 1 to " + LONGEST + " bytes");
    }
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, 0, end));
      char[] passphrase = new char[text.remaining()];
      text.get(passphrase);
      Arrays.fill(text.array(), '\0');
      return passphrase;
    } catch (CharacterCodingException e) {
      throw new UsageException(file + ": the passphrase isn't UTF-8");
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /** A pipe is a file too: {@code --passphrase-file <(…)}. */
  private static byte[] readStart(Path file) throws IOException {
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(LONGEST + 1);
    }
  }
}
