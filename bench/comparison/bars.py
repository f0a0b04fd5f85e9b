"""What tiu has to reach, beside what was measured."""

from dataclasses import dataclass

from . import cases
from .cases import FILE, HTTP

MEBIBYTE = 1 << 20
BLOCK = 128 << 10


@dataclass(frozen=True)
class Bar:
    """One bar: a value that may be at most (or at least) so much."""

    what: str
    value: float | None
    limit: float | None
    form: str = "{:.2f}"
    at_least: bool = False

    def line(self):
        if self.value is None or self.limit is None:
            return f"| {self.what} | {self._limit()} | not measured | |"
        reached = self.value >= self.limit if self.at_least else self.value <= self.limit
        measured = self.form.format(self.value)
        return f"| {self.what} | {self._limit()} | {measured} | {'met' if reached else '**no**'} |"

    def _limit(self):
        sign = "≥" if self.at_least else "≤"
        return "?" if self.limit is None else f"{sign} {self.form.format(self.limit)}"


def table(figures, facts):
    """All bars, in Markdown. Medians throughout; MB are 10^6 bytes."""
    measured = Measured(figures, facts)
    lines = ["| what | bar | measured | |", "|---|---|---|---|"]
    for group in (
        measured.same_image(), measured.one_line(), measured.downloads(), measured.large_pair(),
        measured.small_pair(), measured.growth_on_disk(), measured.full_install(),
        measured.making(), measured.memory(), measured.size(),
    ):
        lines += [bar.line() for bar in group]
    return "\n".join(lines)


def over(value, other):
    """A quotient, or None where one of both is missing."""
    return None if value is None or not other else value / other


def times(factor, value):
    return None if value is None else factor * value


def less(value, other):
    return None if value is None or other is None else value - other


def millions(value):
    return times(1e-6, value)


class Measured:
    """The bars, each from the figures it is about."""

    def __init__(self, figures, facts):
        self.figures = figures
        self.facts = facts

    def get(self, case, peer, source, column):
        return self.figures.median((case.name, peer, source), column)

    def tiu(self, case, column):
        return self.get(case, "tiu", FILE, column)

    def fact(self, case, name):
        return self.facts.get(case.name, {}).get(name)

    def fastest(self, case, column, *but):
        """Of the other peers that get the tree right, from a file or over HTTP, without some."""
        keys = [
            key
            for key in self.figures.keys(case)
            if not key[1].startswith("tiu") and key[1] not in but and self.figures.is_right(key)
        ]
        return self.figures.best(keys, column)

    def same_image(self):
        return self._little("image to itself", cases.SELF, 0, 0)

    def one_line(self):
        return self._little("one changed line", cases.LINE, BLOCK, 4096)

    def _little(self, name, case, download, data):
        image = times(0.005, self.facts.get("image"))
        ranges = [self.get(case, "tiu ranges", HTTP, column)
                  for column in ("http_bytes", "data", "metadata")]
        allowed = None if image is None else image + download
        return [
            Bar(f"{name}: download, MB", millions(ranges[0]), millions(allowed)),
            Bar(f"{name}: data growth, bytes", ranges[1], data, "{:.0f}"),
            Bar(f"{name}: metadata growth, bytes", ranges[2], MEBIBYTE, "{:.0f}"),
            Bar(f"{name}: CPU s, from a file", self.tiu(case, "cpu"), 1.5),
            Bar(f"{name}: CPU s, over HTTP", self.get(case, "tiu ranges", HTTP, "cpu"), 1.5),
        ]

    def downloads(self):
        bars = []
        for case, limit in ((cases.LARGE, 42), (cases.SMALL, 4.5)):
            taken = self.get(case, "tiu delta", HTTP, "http_bytes")
            bars.append(Bar(f"{case.name} pair with delta: MB", millions(taken), limit))
        for case in (cases.LARGE, cases.SMALL):
            taken = self.get(case, "tiu ranges", HTTP, "http_bytes")
            allowed = times(1.05, self.fact(case, "compressed"))
            bars.append(
                Bar(f"{case.name} pair without delta: MB", millions(taken), millions(allowed))
            )
        requests = self.get(cases.SMALL, "tiu ranges", HTTP, "http_requests")
        return [*bars, Bar("small pair without delta: requests", requests, 60, "{:.0f}")]

    def large_pair(self):
        bars = []
        for column in ("wall", "cpu"):
            tiu = self.tiu(cases.LARGE, column)
            for name, other, limit in (
                ("unsquashfs", self.get(cases.LARGE, "unsquashfs", FILE, column), 0.8),
                (
                    "the fastest that shares blocks",
                    self.fastest(cases.LARGE, column, "unsquashfs", "btrfs receive"),
                    0.4,
                ),
                (
                    "btrfs receive",
                    self.get(cases.LARGE, "btrfs receive", FILE, column),
                    1.3,
                ),
            ):
                bars.append(Bar(f"large pair, {column} ÷ {name}", over(tiu, other), limit))
        return bars

    def small_pair(self):
        tiu = self.tiu(cases.SMALL, "wall")
        everyone = self.fastest(cases.SMALL, "wall")
        others = self.fastest(cases.SMALL, "wall", "btrfs receive")
        return [
            Bar("small pair, wall ÷ the fastest", over(tiu, everyone), 0.25),
            Bar("small pair, wall ÷ the fastest but btrfs receive", over(tiu, others), 0.25),
        ]

    def growth_on_disk(self):
        bars = []
        changed = self.fact(cases.LARGE, "bytes")
        for column, name in (("data", "data growth"), ("written", "bytes written")):
            tiu = self.tiu(cases.LARGE, column)
            bars.append(Bar(f"large pair, {name} ÷ changed bytes", over(tiu, changed), 1.1))
            for peer in ("rsync", "rsync --inplace"):
                other = self.get(cases.LARGE, peer, FILE, column)
                bars.append(Bar(f"large pair, {name} ÷ {peer}", over(tiu, other), 1.0))
        return bars

    def full_install(self):
        bars = []
        for column, limit in (("wall", 1.0), ("rss", 1 / 3)):
            other = self.get(cases.INSTALL, "unsquashfs", FILE, column)
            tiu = self.tiu(cases.INSTALL, column)
            bars.append(Bar(f"full install, {column} ÷ unsquashfs", over(tiu, other), limit))
        return bars

    def making(self):
        create, plain = (
            self.get(cases.CREATE, peer, FILE, "wall") for peer in ("tiu create", "mksquashfs")
        )
        tree, verity = (
            self.get(cases.HASH_TREE, peer, FILE, "wall")
            for peer in ("tiu", "veritysetup format")
        )
        return [
            Bar("tiu create, wall ÷ mksquashfs", over(create, plain), 1.15),
            Bar("hash tree, speed ÷ veritysetup format", over(verity, tree), 1.8, at_least=True),
        ]

    def memory(self):
        updates = [
            key for case in cases.UPDATES for key in self.figures.keys(case)
            if key[1].startswith("tiu")
        ]
        largest = [value for key in updates if (value := self.figures.median(key, "rss"))]
        small = [self.get(case, "tiu -Xmx96m", FILE, "rss") for case in (cases.LARGE, cases.SMALL)]
        return [
            Bar("RSS of an update, MiB (the most of all)",
                times(1 / MEBIBYTE, max(largest, default=None)), 160, "{:.0f}"),
            Bar("updates that work with -Xmx96m, of 2",
                float(sum(value is not None for value in small)), 2, "{:.0f}", at_least=True),
        ]

    def size(self):
        bars = []
        for column in ("wall", "cpu"):
            plan1, plan10, all1, all10 = (
                self.get(cases.GROWTH, peer, FILE, column)
                for peer in ("tiu --check x1", "tiu --check x10", "tiu x1", "tiu x10")
            )
            apply = over(less(all10, plan10), less(all1, plan1))
            name = "ten times the files:"
            bars.append(Bar(f"{name} plan's {column} ÷ once", over(plan10, plan1), 3))
            bars.append(Bar(f"{name} the rest's {column} ÷ once", apply, 1.1))
        return bars
