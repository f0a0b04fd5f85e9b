package dev.tiu;

import picocli.CommandLine.Option;

/** With how many threads file data is read, checked and written. */
final class ThreadsOption {
  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "0",
      description = "How many threads work on file data (default: one for each processor).")
  private int threads;

  int count() {
    return threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
  }
}
