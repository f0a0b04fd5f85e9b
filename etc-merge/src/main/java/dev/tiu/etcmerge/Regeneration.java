package dev.tiu.etcmerge;

import dev.tiu.etcmerge.RegenerationEntry.Outcome;
import dev.tiu.linux.BytePath;
import dev.tiu.linux.Dir;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Has the files of /etc that are made of others made anew, by the new system's own tools.
 *
 * <p>A tool that fails or hangs leaves nothing: what it was to make is put back as it was.
 */
public final class Regeneration {
  private final Dir etc;
  private final Dir scratch;
  private final Tools tools;

  private Regeneration(Dir etc, Dir scratch, Tools tools) {
    this.etc = etc;
    this.scratch = scratch;
    this.tools = tools;
  }

  /**
   * Runs what is due.
   *
   * @param etc the merged /etc, which the tools find at /etc and may write
   * @param scratch a directory outside of it, for copies while a tool runs
   * @param changed where the merge found something to do, conflicts too, below /etc
   * @param byPolicy whether that path is to be made anew at each update
   * @param systemChanged whether the new system has something else at or below that path than the
   *     old one
   * @return an entry for each tool that was due
   */
  public static List<RegenerationEntry> run(
      Dir etc,
      Dir scratch,
      Collection<BytePath> changed,
      Predicate<BytePath> byPolicy,
      Predicate<BytePath> systemChanged,
      Tools tools)
      throws IOException {
    Regeneration regeneration = new Regeneration(etc, scratch, tools);
    List<RegenerationEntry> entries = new ArrayList<>();
    for (Generator generator : Generator.ALL) {
      if (generator.isDue(etc, changed, byPolicy, systemChanged)) {
        entries.add(regeneration.make(generator));
      }
    }
    // Last, as they go onto what the others have made.
    Optional<Generator> labels = SecurityLabels.generator(etc);
    if (labels.isPresent()) {
      entries.add(regeneration.make(labels.get()));
    }
    return List.copyOf(entries);
  }

  /** The programs of which one makes that path, if the new system has it. */
  public static List<String> programsFor(BytePath path) {
    return Generator.ALL.stream()
        .filter(generator -> generator.outputs().stream().anyMatch(path::startsWith))
        .map(generator -> generator.argv().get(0))
        .distinct()
        .toList();
  }

  private RegenerationEntry make(Generator generator) throws IOException {
    String program = generator.argv().get(0);
    if (!tools.has(program)) {
      return entry(generator, Outcome.NO_TOOL, List.of(program + " is not in the image"));
    }
    try (KeptOutputs kept = KeptOutputs.of(etc, generator.outputs(), scratch)) {
      boolean done = false;
      try {
        ToolReply reply = ToolReply.of(tools, generator.argv());
        done = reply.isYes();
        return done
            ? entry(generator, Outcome.MADE, List.of())
            : entry(generator, Outcome.FAILED, reply.words());
      } finally {
        if (!done) {
          kept.restore();
        }
      }
    }
  }

  private static RegenerationEntry entry(Generator generator, Outcome outcome, List<String> words) {
    return new RegenerationEntry(generator.name(), generator.outputs(), outcome, words);
  }
}
