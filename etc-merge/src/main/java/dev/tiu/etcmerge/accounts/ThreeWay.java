package dev.tiu.etcmerge.accounts;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Merges single values and lists of names. */
final class ThreeWay {
  private ThreeWay() {}

  /** Whether both sides changed it, and not to the same. */
  static <T> boolean isConflict(T base, T local, T image) {
    return !base.equals(local) && !base.equals(image) && !local.equals(image);
  }

  /** The image's where only it changed; else the device's. */
  static <T> T pick(T base, T local, T image) {
    return base.equals(local) ? image : local;
  }

  /**
   * A list of names as a set: without those that the image took out, with those that it put in.
   *
   * @param isThere false for names that the device has removed, which aren't put in again
   */
  static String members(String base, String local, String image, Predicate<String> isThere) {
    Set<String> before = names(base);
    Set<String> here = names(local);
    Set<String> shipped = names(image);
    Set<String> merged = new LinkedHashSet<>(here);
    merged.removeIf(name -> before.contains(name) && !shipped.contains(name));
    shipped.stream().filter(n -> !before.contains(n) && isThere.test(n)).forEach(merged::add);
    return merged.equals(here) ? local : String.join(",", merged);
  }

  /** Without those names; the same text if none is among them. */
  static String without(String list, Predicate<String> gone) {
    List<String> left = names(list).stream().filter(gone.negate()).toList();
    return left.size() == names(list).size() ? list : String.join(",", left);
  }

  private static Set<String> names(String list) {
    Set<String> names = new LinkedHashSet<>(Arrays.asList(list.split(",", -1)));
    names.remove("");
    return names;
  }
}
