package dev.tiu.boot.initrd;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Where a snapshot's initrd comes from. */
public enum InitrdPolicy {
  /** The device has it made by the generator that the snapshot has. */
  REGENERATE,

  /** The one that lies in the image. */
  IMAGE,

  /** The kernel has all that it needs built in. */
  NONE;

  /** The policy that a manifest or a configuration names. */
  public static Optional<InitrdPolicy> ofSetting(String setting) {
    return Arrays.stream(values()).filter(one -> one.setting().equals(setting)).findFirst();
  }

  /** How they name it: {@code regenerate}, {@code image}, {@code none}. */
  public String setting() {
    return name().toLowerCase(Locale.ROOT);
  }
}
