package dev.tiu.etcmerge.accounts;

import dev.tiu.linux.IdMap;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Merges passwd, and shadow with it. */
final class UserMerge {
  private static final int PASSWORD = 1;
  private static final int UID = 2;
  private static final int GID = 3;

  /** Fields that are the device's or the image's, each on its own. */
  private static final Map<Integer, String> FIELDS =
      Map.of(1, "password", 4, "comment", 5, "home directory", 6, "shell");

  private final FileMerge passwd;
  private final FileMerge shadow;
  private final IdMap previous;
  private final Notes notes;

  UserMerge(FileMerge passwd, FileMerge shadow, IdMap previous, Notes notes) {
    this.passwd = passwd;
    this.shadow = shadow;
    this.previous = previous;
    this.notes = notes;
  }

  Fates fates(FileOwners owners) throws IOException {
    return Fates.of(
        passwd,
        local ->
            isUnchanged(local)
                && (Fates.sharesNumber(passwd, local) || !owners.ownsFiles(local.number(UID))));
  }

  private boolean isUnchanged(Line local) {
    String name = local.name();
    Line base = mapped(passwd.base().find(name).orElseThrow(), previous);
    return base.equals(local)
        && (!shadow.isDecided() || shadow.base().find(name).equals(shadow.local().find(name)));
  }

  private static Line mapped(Line line, IdMap ids) {
    return line.withNumber(UID, ids.uid(line.number(UID)))
        .withNumber(GID, ids.gid(line.number(GID)));
  }

  void merge(Fates fates, IdMap ids) {
    for (Line image : passwd.image().records()) {
      if (fates.is(image.name(), Fate.NEW)) {
        add(image, ids);
      } else if (fates.is(image.name(), Fate.MERGED)) {
        merge(image, ids);
      }
    }
    fates.all(Fate.REMOVED).forEach(this::remove);
    fates.all(Fate.KEPT).forEach(this::keep);
  }

  private void add(Line image, IdMap ids) {
    passwd.insert(mapped(image, ids));
    shadow.remove(image.name());
    shadow.insert(
        shadow
            .image()
            .find(image.name())
            .orElseGet(() -> Line.parse(AccountFile.SHADOW, image.name() + ":!*:::::::")));
  }

  private void merge(Line image, IdMap ids) {
    String name = image.name();
    Line local = passwd.local().find(name).orElseThrow();
    Optional<Line> base = passwd.base().find(name);
    if (base.isEmpty()) {
      sayIfOther(local, mapped(image, ids));
      return;
    }
    Line merged = local;
    for (int i = PASSWORD; i < image.fields().size(); i++) {
      if (i == UID) {
        sayIfRenumbered(base.get(), local, image);
      } else if (i == GID) {
        merged =
            merged.withNumber(GID, primaryGroup(base.get(), local, ids.gid(image.number(GID))));
      } else {
        String mine = local.field(i);
        merged = merged.with(i, ThreeWay.pick(base.get().field(i), mine, image.field(i)));
        if (ThreeWay.isConflict(base.get().field(i), mine, image.field(i))) {
          warnOfConflict(AccountFile.PASSWD, name, FIELDS.getOrDefault(i, "entry"));
        }
      }
    }
    passwd.result().replace(local, merged);
    mergeShadow(name);
  }

  /** As groups, not as numbers: a group that was renumbered is still the same. */
  private int primaryGroup(Line base, Line local, int image) {
    int before = previous.gid(base.number(GID));
    int here = local.number(GID);
    if (ThreeWay.isConflict(before, here, image)) {
      warnOfConflict(AccountFile.PASSWD, local.name(), "primary group");
    }
    return ThreeWay.pick(before, here, image);
  }

  /** The image brings what was made here under the same name. */
  private void sayIfOther(Line local, Line image) {
    if (!local.equals(image)) {
      notes.warn(
          AccountFile.PASSWD,
          local.name(),
          "was made here, and the image has an account of that name: yours stays as it is");
    }
  }

  private void sayIfRenumbered(Line base, Line local, Line image) {
    if (base.number(UID) != image.number(UID) && local.number(UID) != image.number(UID)) {
      notes.sayNumberKept(AccountFile.PASSWD, local.name(), image.field(UID), local.field(UID));
    }
  }

  private void warnOfConflict(AccountFile file, String name, String what) {
    notes.warn(file, name, "its %s was changed here and in the image: yours stays".formatted(what));
  }

  private void mergeShadow(String name) {
    Optional<Line> base = shadow.base().find(name);
    Optional<Line> local = shadow.local().find(name);
    Optional<Line> image = shadow.image().find(name);
    if (image.isEmpty()) {
      return;
    }
    if (local.isEmpty()) {
      if (base.isEmpty()) {
        shadow.insert(image.get());
      }
    } else if (base.isPresent()) {
      shadow.result().replace(local.get(), mergeShadow(base.get(), local.get(), image.get()));
    }
  }

  private Line mergeShadow(Line base, Line local, Line image) {
    Line merged = local;
    if (password(base).equals(password(local))) {
      merged = merged.with(PASSWORD, image.field(PASSWORD));
      merged = merged.fields().size() > 2 ? merged.with(2, field(image, 2)) : merged;
    } else if (ThreeWay.isConflict(
        base.field(PASSWORD), local.field(PASSWORD), image.field(PASSWORD))) {
      warnOfConflict(AccountFile.SHADOW, local.name(), "password");
    }
    boolean conflict = false;
    for (int i = 3; i < local.fields().size(); i++) {
      merged = merged.with(i, ThreeWay.pick(field(base, i), local.field(i), field(image, i)));
      conflict |= ThreeWay.isConflict(field(base, i), local.field(i), field(image, i));
    }
    if (conflict) {
      warnOfConflict(AccountFile.SHADOW, local.name(), "password's term");
    }
    return merged;
  }

  /** It goes together with the day on which it was set. */
  private static List<String> password(Line line) {
    return List.of(line.field(PASSWORD), field(line, 2));
  }

  private static String field(Line line, int index) {
    return index < line.fields().size() ? line.field(index) : "";
  }

  private void remove(String name) {
    passwd.remove(name);
    shadow.remove(name);
    notes.say(AccountFile.PASSWD, name, "the image has it no more: removed");
  }

  private void keep(String name) {
    boolean inShadow = shadow.local().has(name);
    FileMerge holder = inShadow ? shadow : passwd;
    Line local = holder.local().find(name).orElseThrow();
    String password = local.field(PASSWORD);
    boolean missing = !inShadow && password.equals("x");
    if (!missing && !password.startsWith("!") && !password.startsWith("*")) {
      holder.result().replace(local, local.with(PASSWORD, "!" + password));
    }
    notes.warn(
        AccountFile.PASSWD,
        name,
        "the image has it no more, but it was changed here or has files: kept, and locked");
  }
}
