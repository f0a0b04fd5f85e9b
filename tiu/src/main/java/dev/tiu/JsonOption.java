package dev.tiu;

import picocli.CommandLine.Option;

/** Whether a command speaks to a program. */
final class JsonOption {
  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  boolean isOn() {
    return json;
  }
}
