"""Tables of the results, in Markdown: per case what each peer took, and its ratio to the best."""

from . import bars, cases, facts
from .tree import NEARLY, RIGHT

HEAD = (
    "| peer | wall s | CPU s | kernel s | RSS MB | data MB | metadata MB | written MB"
    " | HTTP MB | requests | made MB | tree | wall ÷ best | CPU ÷ best |"
)
NO_TREE = (cases.CREATE, cases.HASH_TREE)


class Figures:
    """Medians over the rounds that ended well, by case, peer and source."""

    def __init__(self, results):
        self.rows = {}
        self.failed = {}
        for row in results.rows.values():
            key = (row["case"], row["peer"], row["source"])
            if row["exit_code"] == "0":
                self.rows.setdefault(key, []).append(row)
            else:
                self.failed[key] = row["note"] or f"exit code {row['exit_code']}"

    def keys(self, case):
        return [key for key in self.rows if key[0] == case.name]

    def median(self, key, column):
        """The middle one, or of an even number the mean of both; None if it wasn't measured."""
        measured = (of(row, column) for row in self.rows.get(key, ()))
        values = sorted(value for value in measured if value is not None)
        if not values:
            return None
        middle = len(values) // 2
        if len(values) % 2:
            return values[middle]
        return (values[middle - 1] + values[middle]) / 2

    def tree(self, key):
        """The verdict on what it made; empty if that wasn't looked at."""
        verdicts = [row["tree"] for row in self.rows.get(key, ()) if row["tree"]]
        return verdicts[0] if verdicts else ""

    def is_right(self, key):
        """Whether it may be measured by: what misses some times or an ACL is let pass."""
        return self.tree(key).split(",")[0] in (RIGHT, NEARLY)

    def best(self, keys, column):
        """The lowest median of these, or None."""
        found = [value for key in keys if (value := self.median(key, column)) is not None]
        return min(found, default=None)


def of(row, column):
    """A number of a row. `cpu` is what the processes took, kernel threads not counted."""
    names = ("user", "system") if column == "cpu" else (column,)
    texts = [row[name] for name in names]
    return None if "" in texts else sum(float(text) for text in texts)


def rivals(figures, case, source):
    """What tiu is measured by: all other peers that make the tree as it should be."""
    return [
        key
        for key in figures.keys(case)
        if key[2] == source
        and not key[1].startswith("tiu")
        and (case in NO_TREE or figures.is_right(key))
    ]


def tables(results, work):
    figures = Figures(results)
    parts = [table(figures, case) for case in cases.ALL if figures.keys(case)]
    machine = [work.machine.read_text().rstrip()] if work.machine.exists() else []
    return "\n\n".join(
        [*machine, bars.table(figures, facts.read(work)), *parts, *failures(figures)]
    )


def table(figures, case):
    lines = [f"### {case.title}", ""]
    for source in (cases.FILE, cases.HTTP):
        keys = [key for key in figures.keys(case) if key[2] == source]
        if keys:
            if case not in NO_TREE:
                lines += [f"From a {source}:" if source == cases.FILE else "Over HTTP:", ""]
            lines += [HEAD, "|" + "---|" * HEAD.count("| ")]
            rival = rivals(figures, case, source)
            lines += [line(figures, key, rival) for key in keys]
            lines.append("")
    return "\n".join(lines).rstrip()


def line(figures, key, rival):
    def megabytes(column):
        value = figures.median(key, column)
        return "" if value is None else f"{value / 1e6:.1f}"

    def number(column, form):
        value = figures.median(key, column)
        return "" if value is None else format(value, form)

    def ratio(column):
        value, best = figures.median(key, column), figures.best(rival, column)
        return f"{value / best:.2f}" if value is not None and best else ""

    http = key[2] == cases.HTTP
    fields = (
        key[1], number("wall", ".2f"), number("cpu", ".2f"), number("kernel", ".2f"),
        megabytes("rss"), megabytes("data"), megabytes("metadata"), megabytes("written"),
        megabytes("http_bytes") if http else "", number("http_requests", ".0f") if http else "",
        megabytes("output"), figures.tree(key), ratio("wall"), ratio("cpu"),
    )
    return "| " + " | ".join(fields) + " |"


def failures(figures):
    lost = {key: note for key, note in figures.failed.items() if key not in figures.rows}
    if not lost:
        return []
    lines = ["### What failed", ""]
    lines += [
        f"- {case}, {peer}, {source}: {note[:160]}" for (case, peer, source), note in lost.items()
    ]
    return ["\n".join(lines)]
