package dev.tiu;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/** The version from the jar's manifest. */
final class VersionProvider implements IVersionProvider {
  /** The version alone; none where it runs from class files. */
  static Optional<String> number() {
    return Optional.ofNullable(VersionProvider.class.getPackage().getImplementationVersion());
  }

  @Override
  public String[] getVersion() {
    return new String[] {
      "tiu " + number().orElse("(not packaged)"),
      "Java " + System.getProperty("java.version") + ", " + System.getProperty("os.arch")
    };
  }
}
