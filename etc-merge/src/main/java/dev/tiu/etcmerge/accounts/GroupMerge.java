package dev.tiu.etcmerge.accounts;

import dev.tiu.linux.IdMap;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;

/** Merges group, and gshadow with it. */
final class GroupMerge {
  private static final int PASSWORD = 1;

  /** The number in group, the administrators in gshadow. */
  private static final int GID = 2;

  private static final int ADMINISTRATORS = 2;
  private static final int MEMBERS = 3;

  private final FileMerge group;
  private final FileMerge gshadow;
  private final FileMerge passwd;
  private final Fates users;
  private final IdMap previous;
  private final Notes notes;

  /**
   * Needs to know the users.
   *
   * @param users what becomes of those in {@code passwd}
   */
  GroupMerge(
      FileMerge group,
      FileMerge gshadow,
      FileMerge passwd,
      Fates users,
      IdMap previous,
      Notes notes) {
    this.group = group;
    this.gshadow = gshadow;
    this.passwd = passwd;
    this.users = users;
    this.previous = previous;
    this.notes = notes;
  }

  Fates fates(FileOwners owners) throws IOException {
    return Fates.of(
        group,
        local ->
            isUnchanged(local)
                && !isPrimary(local.number(GID))
                && (Fates.sharesNumber(group, local) || !owners.groupOwnsFiles(local.number(GID))));
  }

  private boolean isUnchanged(Line local) {
    String name = local.name();
    return mapped(group.base().find(name).orElseThrow(), previous).equals(local)
        && (!gshadow.isDecided() || gshadow.base().find(name).equals(gshadow.local().find(name)));
  }

  /** Whether a user that stays has it as the first of its groups. */
  private boolean isPrimary(int gid) {
    return passwd.local().records().stream()
        .filter(user -> !users.is(user.name(), Fate.REMOVED))
        .anyMatch(user -> user.number(3) == gid);
  }

  private static Line mapped(Line line, IdMap ids) {
    return line.withNumber(GID, ids.gid(line.number(GID)));
  }

  void merge(Fates fates, IdMap ids) {
    for (Line image : group.image().records()) {
      if (fates.is(image.name(), Fate.NEW)) {
        add(image, ids);
      }
    }
    for (String name : group.local().names()) {
      if (fates.is(name, Fate.REMOVED)) {
        group.remove(name);
        gshadow.remove(name);
        notes.say(AccountFile.GROUP, name, "the image has this group no more: removed");
      } else {
        mergeOne(name, fates.is(name, Fate.MERGED));
      }
    }
    fates.all(Fate.KEPT).forEach(this::sayKept);
  }

  private void add(Line image, IdMap ids) {
    Line added = withoutDeleted(mapped(image, ids), MEMBERS);
    group.insert(added);
    gshadow.remove(image.name());
    Optional<Line> shipped = gshadow.image().find(image.name());
    if (shipped.isPresent()) {
      gshadow.insert(withoutDeleted(withoutDeleted(shipped.get(), ADMINISTRATORS), MEMBERS));
    } else {
      String text = "%s:!*::%s".formatted(image.name(), added.field(MEMBERS));
      gshadow.insert(Line.parse(AccountFile.GSHADOW, text));
    }
  }

  private Line withoutDeleted(Line line, int index) {
    return line.with(
        index, ThreeWay.without(line.field(index), name -> users.is(name, Fate.DELETED)));
  }

  /**
   * What was made here under the name of one that the image brings now keeps what it has, and gets
   * the image's members.
   */
  private void mergeOne(String name, boolean inImage) {
    Line local = group.local().find(name).orElseThrow();
    Line merged = local;
    if (inImage) {
      Line image = group.image().find(name).orElseThrow();
      Optional<Line> base = group.base().find(name);
      if (base.isPresent()) {
        sayIfRenumbered(base.get(), local, image);
        merged = password(AccountFile.GROUP, base.get(), merged, image);
      }
      merged = members(base, merged, image, MEMBERS);
    }
    group.result().replace(local, withoutRemoved(merged, MEMBERS));
    mergeShadow(name, inImage);
  }

  private void mergeShadow(String name, boolean inImage) {
    Optional<Line> local = gshadow.local().find(name);
    Optional<Line> base = gshadow.base().find(name);
    Optional<Line> image = inImage ? gshadow.image().find(name) : Optional.empty();
    if (local.isEmpty()) {
      if (image.isPresent() && base.isEmpty()) {
        gshadow.insert(withoutDeleted(withoutDeleted(image.get(), ADMINISTRATORS), MEMBERS));
      }
      return;
    }
    Line merged = local.get();
    if (image.isPresent()) {
      merged =
          base.isPresent()
              ? password(AccountFile.GSHADOW, base.get(), merged, image.get())
              : merged;
      merged = members(base, merged, image.get(), ADMINISTRATORS);
      merged = members(base, merged, image.get(), MEMBERS);
    }
    merged = withoutRemoved(withoutRemoved(merged, ADMINISTRATORS), MEMBERS);
    gshadow.result().replace(local.get(), merged);
  }

  private Line password(AccountFile file, Line base, Line local, Line image) {
    String before = base.field(PASSWORD);
    String here = local.field(PASSWORD);
    if (ThreeWay.isConflict(before, here, image.field(PASSWORD))) {
      notes.warn(file, local.name(), "its password was changed here and in the image: yours stays");
    }
    return local.with(PASSWORD, ThreeWay.pick(before, here, image.field(PASSWORD)));
  }

  private Line members(Optional<Line> base, Line local, Line image, int index) {
    Predicate<String> isThere = user -> !users.is(user, Fate.DELETED);
    String before = base.map(line -> line.field(index)).orElse("");
    return local.with(
        index, ThreeWay.members(before, local.field(index), image.field(index), isThere));
  }

  private Line withoutRemoved(Line line, int index) {
    return line.with(
        index, ThreeWay.without(line.field(index), name -> users.is(name, Fate.REMOVED)));
  }

  private void sayIfRenumbered(Line base, Line local, Line image) {
    if (base.number(GID) != image.number(GID) && local.number(GID) != image.number(GID)) {
      notes.sayNumberKept(AccountFile.GROUP, local.name(), image.field(GID), local.field(GID));
    }
  }

  /** That of an account that is kept is kept with it, of which is said enough. */
  private void sayKept(String name) {
    if (!users.is(name, Fate.KEPT)) {
      notes.say(
          AccountFile.GROUP,
          name,
          "the image has this group no more, but it was changed here or is in use: kept");
    }
  }
}
