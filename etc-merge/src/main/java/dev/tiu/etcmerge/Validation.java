package dev.tiu.etcmerge;

import dev.tiu.etcmerge.Check.Blame;
import dev.tiu.etcmerge.ValidationEntry.FellBack;
import dev.tiu.etcmerge.ValidationEntry.Outcome;
import dev.tiu.linux.BytePath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Has the merged files judged by the tools that know them: visudo, sshd, pwck, grpck,
 * systemd-analyze.
 *
 * <p>Where one says no, the device's own versions are put in their places and judged. Only if those
 * are valid, the merge is to blame, and they stay; else what was merged does. A tool that is
 * missing, fails to start or hangs changes nothing.
 */
public final class Validation {
  /** Trying each takes one run of the tool; of more the device's versions stay, all of them. */
  private static final int MOST_TRIED = 16;

  private final Tools tools;
  private final Fallback fallback;

  private Validation(Tools tools, Fallback fallback) {
    this.tools = tools;
    this.fallback = fallback;
  }

  /**
   * Judges, and lets fall back.
   *
   * @param changed where the merged tree isn't as the device's was, below /etc; a directory that
   *     was added or removed stands for all below it
   * @return an entry for each run that the paths asked for; none where nothing judges them
   */
  public static List<ValidationEntry> run(
      Collection<BytePath> changed, Tools tools, Fallback fallback) throws IOException {
    Validation validation = new Validation(tools, fallback);
    List<ValidationEntry> entries = new ArrayList<>();
    for (Check check : Validators.checks(changed)) {
      entries.add(validation.judge(check));
    }
    return List.copyOf(entries);
  }

  private ValidationEntry judge(Check check) throws IOException {
    for (String program : check.needs()) {
      if (!tools.has(program)) {
        return entry(check, Outcome.NO_VALIDATOR, List.of(program + " is not in the image"));
      }
    }
    ToolReply merged = ToolReply.of(tools, check.argv());
    return switch (merged.answer()) {
      case YES -> entry(check, Outcome.VALID, List.of());
      case NONE -> entry(check, Outcome.NOT_JUDGED, merged.words());
      case NO -> invalid(check, merged.words());
    };
  }

  private ValidationEntry invalid(Check check, List<String> words) throws IOException {
    List<BytePath> suspects = new ArrayList<>();
    for (BytePath path : check.paths()) {
      if (check.blame() != Blame.MERGED || !fallback.isImages(path)) {
        suspects.add(path);
      }
    }
    if (suspects.isEmpty()) {
      return entry(check, Outcome.INVALID_IN_IMAGE, words);
    }
    List<FellBack> fellBack = new ArrayList<>();
    for (BytePath path : suspects) {
      fellBack.add(toLocal(path));
    }
    if (!isValid(check)) {
      for (BytePath path : suspects) {
        fallback.toMerged(path);
      }
      return entry(check, Outcome.INVALID_ANYWAY, words);
    }
    boolean tryEach = check.blame() != Blame.TOGETHER && suspects.size() > 1;
    if (tryEach && suspects.size() <= MOST_TRIED) {
      fellBack = withoutInnocent(check, suspects);
    }
    return new ValidationEntry(
        check.validator(), List.copyOf(check.paths()), Outcome.FELL_BACK, fellBack, words);
  }

  /** Makes those merged again with which the rest is valid, one after the other. */
  private List<FellBack> withoutInnocent(Check check, List<BytePath> suspects) throws IOException {
    List<FellBack> guilty = new ArrayList<>();
    for (BytePath path : suspects) {
      fallback.toMerged(path);
      if (!isValid(check)) {
        guilty.add(toLocal(path));
      }
    }
    return guilty;
  }

  private FellBack toLocal(BytePath path) throws IOException {
    Optional<BytePath> beside = fallback.toLocal(path);
    return new FellBack(path, beside);
  }

  private boolean isValid(Check check) throws IOException {
    return ToolReply.of(tools, check.argv()).isYes();
  }

  private static ValidationEntry entry(Check check, Outcome outcome, List<String> words) {
    return new ValidationEntry(
        check.validator(), List.copyOf(check.paths()), outcome, List.of(), words);
  }
}
