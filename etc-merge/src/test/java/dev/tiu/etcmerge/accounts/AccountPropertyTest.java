package dev.tiu.etcmerge.accounts;

import static dev.tiu.etcmerge.accounts.AccountFile.GROUP;
import static dev.tiu.etcmerge.accounts.AccountFile.PASSWD;
import static dev.tiu.etcmerge.accounts.AccountFile.SUBUID;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tiu.linux.IdMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What holds for accounts of any kind, along a chain of images and of edits between them. Names and
 * numbers are few, so that they meet in every way.
 */
class AccountPropertyTest {
  private static final int CHAINS = 100;
  private static final int IMAGES = 4;

  /** A device between two images. */
  private record State(Etc image, Etc local, IdMap ids) {}

  private static Etc image(Random random) {
    Etc etc = Etc.SHIPPED;
    for (int i = 0; i < 6; i++) {
      if (random.nextInt(3) > 0) {
        int number = 990 + random.nextInt(10);
        etc = etc.addAccount("svc" + i, random.nextInt(8) == 0 ? 0 : number);
      }
      if (random.nextInt(4) == 0) {
        int start = 100_000 + 1000 * random.nextInt(5);
        etc = etc.add(SUBUID, "svc%d:%d:%d".formatted(i, start, 1000));
      }
    }
    return random.nextInt(3) == 0 ? etc.removeAccount("old") : etc;
  }

  private static Etc edited(Etc local, Random random) {
    Etc etc = local;
    int number = 990 + random.nextInt(10);
    String name = List.of("alice", "bob", "svc1", "svc4").get(random.nextInt(4));
    if (etc.line(PASSWD, name).isEmpty() && etc.line(GROUP, name).isEmpty()) {
      boolean taken = numbers(etc, PASSWD).containsValue(number);
      etc = taken ? etc : etc.addAccount(name, number).add(SUBUID, name + ":102000:2000");
    } else if (random.nextInt(3) == 0) {
      etc = etc.removeAccount(name);
    }
    return random.nextInt(3) == 0 ? etc.add(PASSWD, "# a comment", "+@net::::::") : etc;
  }

  private static Map<String, Integer> numbers(Etc etc, AccountFile file) {
    Map<String, Integer> numbers = new HashMap<>();
    for (Line line : Table.parse(file, etc.text(file)).records()) {
      numbers.put(line.name(), line.number(2));
    }
    return numbers;
  }

  @Test
  void chains_of_images_and_edits_keep_what_is_the_devices() throws Exception {
    for (int seed = 0; seed < CHAINS; seed++) {
      Random random = new Random(seed);
      Etc first = image(random);
      State state = new State(first, first, IdMap.NONE);
      for (int i = 0; i < IMAGES; i++) {
        Etc local = edited(state.local(), random);
        Owners owners = new Owners(Set.of(990 + random.nextInt(10), 150));
        Etc next = image(random);
        MergedAccounts merged =
            AccountMerge.merge(
                state.image().files(), local.files(), next.files(), state.ids(), owners);
        check(new State(state.image(), local, state.ids()), next, merged, "seed " + seed);
        MergedAccounts again =
            AccountMerge.merge(
                next.files(), merged.files(), next.files(), merged.ids(), Owners.NONE);
        assertThat(again)
            .as("seed %d, merged again", seed)
            .isEqualTo(new MergedAccounts(merged.files(), merged.ids(), List.of()));
        state = new State(next, Etc.of(merged.files()), merged.ids());
      }
    }
  }

  private static void check(State before, Etc image, MergedAccounts merged, String seed) {
    Etc result = Etc.of(merged.files());
    for (AccountFile file : List.of(PASSWD, GROUP)) {
      Map<String, Integer> here = numbers(before.local(), file);
      Map<String, Integer> after = numbers(result, file);
      Map<String, Integer> shipped = numbers(image, file);
      after.forEach(
          (name, number) -> {
            assertThat(here.getOrDefault(name, number)).as("%s: %s", seed, name).isEqualTo(number);
            sharesOnlyWhatWasShared(name, after, List.of(here, shipped), seed);
          });
      filesFollow(file, shipped, after, merged.ids(), seed);
    }
    assertThat(others(result)).as(seed).isEqualTo(others(before.local()));
  }

  /** Lines that are no accounts. */
  private static List<String> others(Etc etc) {
    return etc.lines(PASSWD).stream().filter(line -> !line.matches("[a-z].*")).toList();
  }

  /**
   * Two accounts have one number only if they had on the device, or have in the image, or each has
   * with the same third one.
   */
  private static void sharesOnlyWhatWasShared(
      String name, Map<String, Integer> after, List<Map<String, Integer>> versions, String seed) {
    Set<String> shared = new HashSet<>(Set.of(name));
    boolean more = true;
    while (more) {
      more = false;
      for (Map<String, Integer> version : versions) {
        Set<Integer> numbers = new HashSet<>();
        shared.forEach(n -> numbers.add(version.getOrDefault(n, -1)));
        for (Map.Entry<String, Integer> entry : version.entrySet()) {
          more |= numbers.contains(entry.getValue()) && shared.add(entry.getKey());
        }
      }
    }
    after.forEach(
        (other, number) -> {
          if (number.equals(after.get(name)) && number != 0) {
            assertThat(shared)
                .as("%s: %s and %s in %s", seed, name, other, versions)
                .contains(other);
          }
        });
  }

  /** A file of the image's is here the account's that it is in the image, or nobody's. */
  private static void filesFollow(
      AccountFile file,
      Map<String, Integer> shipped,
      Map<String, Integer> after,
      IdMap ids,
      String seed) {
    for (int number : Set.copyOf(shipped.values())) {
      int mapped = file == PASSWD ? ids.uid(number) : ids.gid(number);
      List<String> owners =
          after.keySet().stream().filter(n -> Objects.equals(after.get(n), mapped)).toList();
      boolean theirs =
          owners.stream().anyMatch(name -> shipped.getOrDefault(name, -1).equals(number));
      assertThat(owners.isEmpty() || theirs || number == 0)
          .as("%s: %d is %d here, which is %s", seed, number, mapped, owners)
          .isTrue();
    }
  }
}
