package dev.tiu;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.tiu.bundle.Bundle;
import dev.tiu.bundle.squashfs.Inode;
import dev.tiu.snapshot.Plan;
import dev.tiu.snapshot.UpdatePlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Says what {@code tiu diff} found. */
final class DiffReport {
  private final Bundle old;
  private final Bundle now;
  private final TreeDifference files;
  private final Optional<PackageDifference> packages;
  private final UpdatePlan update;

  DiffReport(
      Bundle old,
      Bundle now,
      TreeDifference files,
      Optional<PackageDifference> packages,
      UpdatePlan update) {
    this.old = old;
    this.now = now;
    this.files = files;
    this.packages = packages;
    this.update = update;
  }

  /** For people. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("From " + Descriptions.of(old.manifest()));
    lines.add("to   " + Descriptions.of(now.manifest()));
    packages.ifPresent(difference -> addPackages(difference, lines));
    addFiles(lines);
    lines.add("");
    long inContent = files.changed().stream().filter(TreeDifference.Changed::inContent).count();
    lines.add(
        "%s added, %d removed, %d changed, %d changed in metadata alone"
            .formatted(
                Console.count(files.added().size(), "path"),
                files.removed().size(),
                inContent,
                files.changed().size() - inContent));
    lines.add(
        "An update writes %s of %s"
            .formatted(Console.count(writes(), "file"), Console.size(update.contentBytes())));
    return lines;
  }

  private static void addPackages(PackageDifference difference, List<String> lines) {
    lines.add("");
    lines.add(difference.isEmpty() ? "Packages: the same" : "Packages:");
    difference.added().forEach(p -> lines.add("  + %s %s".formatted(p.name(), p.version())));
    difference.removed().forEach(p -> lines.add("  - %s %s".formatted(p.name(), p.version())));
    difference
        .changed()
        .forEach(
            p -> lines.add("  ~ %s %s -> %s".formatted(p.name(), p.oldVersion(), p.newVersion())));
  }

  private void addFiles(List<String> lines) {
    boolean same =
        files.added().isEmpty() && files.removed().isEmpty() && files.changed().isEmpty();
    lines.add("");
    lines.add(same ? "Files: the same" : "Files:");
    files.added().forEach(f -> lines.add("  + /%s%s".formatted(f.path(), size(f.inode()))));
    files.removed().forEach(f -> lines.add("  - /%s%s".formatted(f.path(), size(f.inode()))));
    for (TreeDifference.Changed f : files.changed()) {
      lines.add(
          "  ~ %s: %s".formatted(new ImagePath(f.path()), String.join(", ", labels(f.aspects()))));
    }
  }

  private static String size(Inode inode) {
    return inode instanceof Inode.RegularFile file ? "  " + Console.size(file.size()) : "";
  }

  private static Set<String> labels(Set<TreeDifference.Aspect> aspects) {
    return aspects.stream()
        .map(aspect -> aspect.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.toCollection(java.util.LinkedHashSet::new));
  }

  private int writes() {
    return update.filesWritten();
  }

  /** For programs; paths as {@code tiu ls} shows them. */
  ObjectNode json() {
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    image(root.putObject("old"), old);
    image(root.putObject("new"), now);
    packages.ifPresent(difference -> packages(root.putObject("packages"), difference));
    singles(root.putArray("added"), files.added());
    singles(root.putArray("removed"), files.removed());
    ArrayNode changed = root.putArray("changed");
    for (TreeDifference.Changed f : files.changed()) {
      ObjectNode node = changed.addObject().put("path", f.path().toString());
      ArrayNode what = node.putArray("what");
      labels(f.aspects()).forEach(what::add);
      node.put("oldBytes", bytes(f.old())).put("newBytes", bytes(f.now()));
    }
    ObjectNode writes = root.putObject("update");
    writes.put("filesWritten", writes()).put("bytesWritten", update.contentBytes());
    writes.put("filesShared", sum(Plan::clones)).put("pathsRemoved", sum(Plan::removals));
    return root;
  }

  private int sum(java.util.function.Function<Plan, List<?>> steps) {
    return steps.apply(update.root()).size() + steps.apply(update.etc()).size();
  }

  private static void image(ObjectNode node, Bundle bundle) {
    node.put("version", bundle.manifest().version().toString()).put("imageId", bundle.imageId());
  }

  private static void singles(ArrayNode array, List<TreeDifference.Single> paths) {
    for (TreeDifference.Single f : paths) {
      array
          .addObject()
          .put("path", f.path().toString())
          .put("type", Listing.name(f.inode().type()))
          .put("bytes", bytes(f.inode()));
    }
  }

  private static long bytes(Inode inode) {
    return inode instanceof Inode.RegularFile file ? file.size() : 0;
  }

  private static void packages(ObjectNode node, PackageDifference difference) {
    ArrayNode added = node.putArray("added");
    difference
        .added()
        .forEach(p -> added.addObject().put("name", p.name()).put("version", p.version()));
    ArrayNode removed = node.putArray("removed");
    difference
        .removed()
        .forEach(p -> removed.addObject().put("name", p.name()).put("version", p.version()));
    ArrayNode changed = node.putArray("changed");
    difference
        .changed()
        .forEach(
            p ->
                changed
                    .addObject()
                    .put("name", p.name())
                    .put("oldVersion", p.oldVersion())
                    .put("newVersion", p.newVersion()));
  }
}
