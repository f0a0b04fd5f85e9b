package dev.tiu;

import dev.tiu.bundle.BlockSize;
import dev.tiu.bundle.Compression;
import dev.tiu.bundle.Version;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the values of options; what is wrong with one is said in the words of its type. */
final class Converters {
  private Converters() {}

  static void register(CommandLine commandLine) {
    commandLine
        .registerConverter(Version.class, explaining(Version::new))
        .registerConverter(Compression.class, explaining(Compression::parse))
        .registerConverter(BlockSize.class, explaining(BlockSize::parse))
        .registerConverter(ImagePath.class, explaining(ImagePath::parse))
        .registerConverter(Expiry.class, explaining(Expiry::parse));
  }

  private static <T> ITypeConverter<T> explaining(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    };
  }
}
