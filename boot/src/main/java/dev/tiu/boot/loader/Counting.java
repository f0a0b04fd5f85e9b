package dev.tiu.boot.loader;

/** What a boot loader does with a trial that nobody ends. */
public enum Counting {
  /** It counts the tries, and boots the default when none is left. */
  TRIES,
  /** It tries once, when the reboot asks for it; any other boot is the default's. */
  ONCE,
  /** It goes on with what it was told: a trial is a change of the default until it is undone. */
  NONE
}
