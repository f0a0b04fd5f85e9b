package dev.tiu;

import dev.tiu.boot.cmdline.KernelArgument;
import dev.tiu.boot.cmdline.KernelArguments;
import dev.tiu.boot.initrd.InitrdPolicy;
import dev.tiu.boot.loader.BootLoaders.Kind;
import dev.tiu.bundle.BlockSize;
import dev.tiu.bundle.Compression;
import dev.tiu.bundle.EtcPolicy;
import dev.tiu.bundle.Version;
import dev.tiu.bundle.http.Proxies;
import dev.tiu.bundle.http.WebAddress;
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
        .registerConverter(InitrdPolicy.class, explaining(BootSettings::policy))
        .registerConverter(Kind.class, explaining(LoaderSettings::kindOfDisk))
        .registerConverter(DiskSize.class, explaining(DiskSize::parse))
        .registerConverter(HostName.class, explaining(HostName::new))
        .registerConverter(UserName.class, explaining(UserName::new))
        .registerConverter(KernelArguments.class, explaining(KernelArguments::parse))
        .registerConverter(KernelArgument.class, explaining(KernelArgument::parse))
        .registerConverter(ImagePath.class, explaining(ImagePath::argument))
        .registerConverter(EtcPolicy.class, explaining(EtcSettings::parse))
        .registerConverter(Expiry.class, explaining(Expiry::parse))
        .registerConverter(BundleLocation.class, explaining(BundleLocation::parse))
        .registerConverter(Rate.class, explaining(Rate::parse))
        .registerConverter(TimeLimit.class, explaining(TimeLimit::parse))
        .registerConverter(WebAddress.class, explaining(Proxies::proxy));
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
