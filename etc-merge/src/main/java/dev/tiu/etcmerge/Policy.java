package dev.tiu.etcmerge;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Whose a path of /etc is. */
public enum Policy {
  /** The device's alone: nothing of the image ever gets there. */
  LOCAL,
  /** The image's: its version goes live at each update, the device's edit beside it. */
  IMAGE,
  /** Both sides' changes come together; this is the rule. */
  MERGE,
  /** The device's, as long as it has one: what the image changes is only reported. */
  PINNED,
  /** Made by a tool in the new snapshot: what the merge left is replaced by that, if it runs. */
  REGENERATE,
  /** As LOCAL, and a rollback takes it along: a secret, once changed, stays changed. */
  CARRY;

  /** As it is written in files. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The policy of that label, if there is one. */
  public static Optional<Policy> find(String label) {
    return Arrays.stream(values()).filter(policy -> policy.label().equals(label)).findFirst();
  }

  /** All labels, for messages. */
  public static String labels() {
    return Arrays.stream(values()).map(Policy::label).collect(Collectors.joining(", "));
  }

  boolean neverFromImage() {
    return this == LOCAL || this == CARRY;
  }
}
