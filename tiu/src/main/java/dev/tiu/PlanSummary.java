package dev.tiu;

import dev.tiu.snapshot.UpdatePlan;

/** What an update will do, in a few lines. */
final class PlanSummary {
  private PlanSummary() {}

  static void print(UpdatePlan plan, Console console) {
    int written = plan.filesWritten();
    int shared = plan.root().clones().size() + plan.etc().clones().size();
    int removed = plan.root().removals().size() + plan.etc().removals().size();
    StringBuilder line = new StringBuilder("Writes ");
    line.append(Console.count(written, "file"))
        .append(" of ")
        .append(Console.size(plan.contentBytes()));
    if (shared > 0) {
      line.append(", shares the data of ").append(Console.count(shared, "renamed file"));
    }
    if (removed > 0) {
      line.append(", removes ").append(Console.count(removed, "path"));
    }
    plan.base()
        .ifPresent(
            b -> line.append("; the rest is shared with snapshot ").append(b.snapshot().number()));
    console.print(line.toString());
    if (plan.repaired() > 0) {
      console.note(
          "%s of the base weren't as its image says and are put right in the new snapshot"
              .formatted(Console.count(plan.repaired(), "path")));
    }
  }
}
