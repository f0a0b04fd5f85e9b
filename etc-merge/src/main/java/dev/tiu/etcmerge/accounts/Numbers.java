package dev.tiu.etcmerge.accounts;

import dev.tiu.linux.IdMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntPredicate;

/**
 * Which number on the device each number of the image becomes: of its users, or of its groups.
 *
 * <p>What the device has given out it keeps. A name that the device has, or had when the base was
 * made, keeps its number; any other number of the image's stays what it is unless it is another
 * account's here. Several names with one number in the image are one account, such as {@code root}
 * and {@code toor}.
 */
final class Numbers {
  /** Where new numbers come from: those of system accounts, from the top as systemd gives them. */
  static final int FIRST_FREE = 100;

  static final int LAST_FREE = 999;

  /** Root, and the kernel's overflow id, which is nobody's: no other ever becomes them. */
  private static final Set<Integer> FIXED = Set.of(0, 65534);

  private static final int NUMBER = 2;

  /** Names by number, in the order of the image's file. */
  private final Map<Integer, List<String>> image = new LinkedHashMap<>();

  private final Map<Integer, Set<String>> holders = new HashMap<>();
  private final Map<String, Integer> device;
  private final Map<String, Integer> previous = new HashMap<>();
  private final Set<Integer> nameless = new HashSet<>();
  private final Map<Integer, Integer> found = new LinkedHashMap<>();
  private final List<Integer> homeless = new ArrayList<>();

  /**
   * Finds the numbers for all that need no new one.
   *
   * @param files numbers of the image's files; one without an account is called by itself
   * @param device names and numbers that the device has and keeps
   * @param previous what the base's map says
   */
  Numbers(
      Table image, Set<Integer> files, Map<String, Integer> device, List<IdMap.Entry> previous) {
    this.device = device;
    for (Line line : image.records()) {
      this.image.computeIfAbsent(line.number(NUMBER), n -> new ArrayList<>()).add(line.name());
    }
    for (int number : files) {
      if (this.image.putIfAbsent(number, List.of(Integer.toUnsignedString(number))) == null) {
        nameless.add(number);
      }
    }
    device.forEach(
        (name, number) -> holders.computeIfAbsent(number, n -> new TreeSet<>()).add(name));
    previous.forEach(entry -> this.previous.put(entry.name(), entry.device()));
    this.image.forEach(
        (number, names) -> known(number, names).ifPresent(known -> found.put(number, known)));
    this.image.forEach(this::keepOrMove);
  }

  private OptionalInt known(int number, List<String> names) {
    if (FIXED.contains(number)) {
      return OptionalInt.of(number);
    }
    for (String name : nameless.contains(number) ? List.<String>of() : names) {
      Integer here = device.get(name);
      if (here != null && !FIXED.contains(here)) {
        return OptionalInt.of(here);
      }
    }
    for (String name : names) {
      Integer before = previous.get(name);
      if (before != null && !FIXED.contains(before) && !isAnothers(before, names)) {
        return OptionalInt.of(before);
      }
    }
    return OptionalInt.empty();
  }

  private void keepOrMove(int number, List<String> names) {
    if (!found.containsKey(number)) {
      if (isAnothers(number, names) || found.containsValue(number)) {
        homeless.add(number);
      } else {
        found.put(number, number);
      }
    }
  }

  private boolean isAnothers(int number, List<String> names) {
    return holders.getOrDefault(number, Set.of()).stream().anyMatch(n -> !names.contains(n));
  }

  private boolean isFree(int number) {
    return !holders.containsKey(number)
        && !image.containsKey(number)
        && !previous.containsValue(number)
        && !found.containsValue(number);
  }

  /**
   * Finds new numbers for the rest: a user and a group of one name that both need one get the same.
   */
  static void move(Numbers users, Numbers groups) throws NoFreeIdException {
    for (int number : users.homeless) {
      OptionalInt group = groups.homeless(users.name(number));
      if (group.isPresent()) {
        OptionalInt both = highest(n -> users.isFree(n) && groups.isFree(n));
        if (both.isPresent()) {
          users.found.put(number, both.getAsInt());
          groups.found.put(group.getAsInt(), both.getAsInt());
          continue;
        }
      }
      users.moveAlone(number, "account");
    }
    for (int number : groups.homeless) {
      if (!groups.found.containsKey(number)) {
        groups.moveAlone(number, "group");
      }
    }
  }

  private void moveAlone(int number, String kind) throws NoFreeIdException {
    OptionalInt free = highest(this::isFree);
    if (free.isEmpty()) {
      throw new NoFreeIdException(kind, name(number), number, holder(number));
    }
    found.put(number, free.getAsInt());
  }

  private static OptionalInt highest(IntPredicate wanted) {
    for (int number = LAST_FREE; number >= FIRST_FREE; number--) {
      if (wanted.test(number)) {
        return OptionalInt.of(number);
      }
    }
    return OptionalInt.empty();
  }

  /** The number of that name's, if it needs a new one and has none yet. */
  private OptionalInt homeless(String name) {
    return homeless.stream()
        .filter(number -> !found.containsKey(number) && name(number).equals(name))
        .mapToInt(Integer::intValue)
        .findFirst();
  }

  private String name(int number) {
    return image.getOrDefault(number, List.of("")).get(0);
  }

  /** Who has the number here, or whose files. */
  private String holder(int number) {
    Optional<String> here = holders.getOrDefault(number, Set.of()).stream().findFirst();
    return here.or(() -> reservedFor(number)).orElse("another");
  }

  private Optional<String> reservedFor(int number) {
    return found.entrySet().stream()
        .filter(entry -> entry.getValue() == number)
        .map(entry -> name(entry.getKey()))
        .findFirst();
  }

  /**
   * An account whose number was another's here.
   *
   * @param isNamed false for files of the image's whose number no account of it has
   */
  record Moved(String name, boolean isNamed, int image, String holder, int device) {}

  /** Those that have just got new numbers. */
  List<Moved> moved() {
    return homeless.stream()
        .map(n -> new Moved(name(n), !nameless.contains(n), n, holder(n), found.getOrDefault(n, n)))
        .toList();
  }

  /** What is other than in the image. */
  List<IdMap.Entry> entries() {
    List<IdMap.Entry> entries = new ArrayList<>();
    image.forEach(
        (number, names) -> {
          int here = found.getOrDefault(number, number);
          if (here != number) {
            names.forEach(name -> entries.add(new IdMap.Entry(name, number, here)));
          }
        });
    return entries;
  }
}
