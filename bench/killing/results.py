"""The trials so far, as a file of tab-separated lines, and what they say together."""

from comparison.system import ProgramFailed

from .trial import Trial

MOST = 1.15


class Results:
    """Reads what earlier calls have found; each trial is on the disk when it is over."""

    def __init__(self, path, conditions):
        self.path = path
        first = f"# {conditions}"
        head = f"{first}\n{Trial.head()}\n"
        if path.exists() and path.stat().st_size:
            lines = path.read_text().splitlines()
            if lines[0] != first:
                raise ProgramFailed(
                    f"{path} has trials of another kind ({lines[0][2:]}); take another --work,"
                    " or remove that file"
                )
            self.trials = [Trial.parse(line) for line in lines[2:]]
        else:
            path.write_text(head)
            self.trials = []

    def add(self, trial):
        self.trials.append(trial)
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(trial.line() + "\n")

    def missing(self, wanted):
        done = {trial.number for trial in self.trials}
        return [number for number in range(1, wanted + 1) if number not in done]

    def passed(self):
        return not any(failed(trial) for trial in self.trials)

    def summary(self, wanted):
        counted = [trial for trial in self.trials if counts(trial)]
        wrong = [trial for trial in self.trials if trial.verdict != "right"]
        costly = [trial for trial in counted if trial.share > MOST]
        shares = [trial.share for trial in counted]
        lines = [
            f"{len(self.trials)} of {wanted} trials; {len(wrong)} with a wrong end",
            f"{sum(t.killed == 'no' for t in self.trials)} were over before the kill;"
            f" {sum(t.killed == 'yes' and t.written == 'no' for t in self.trials)} were killed"
            " before the first file and don't count for the downloads",
        ]
        if shares:
            mean = sum(shares) / len(shares)
            lines.append(
                f"downloads of the {len(shares)} that count: {mean:.3f} of one run on average,"
                f" {max(shares):.3f} at most; {len(costly)} above {MOST}"
            )
        lines += [f"trial {t.number}: {t.verdict}" for t in wrong]
        lines += [f"trial {t.number}: {t.share} of one run" for t in costly]
        return "\n".join(lines)


def counts(trial):
    """Whether its downloads are held against the bar."""
    return trial.killed == "yes" and trial.written == "yes"


def failed(trial):
    return trial.verdict != "right" or (counts(trial) and trial.share > MOST)
