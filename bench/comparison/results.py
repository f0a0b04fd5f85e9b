"""The table of runs: one line each, in a file that a later call goes on with."""

import dataclasses

from .meter import Cost

KEYS = ("case", "peer", "source", "round")
COSTS = tuple(field.name for field in dataclasses.fields(Cost))
COLUMNS = (*KEYS, *COSTS, "tree", "note")


class Results:
    """Lines by case, peer, source and round; a later line replaces an earlier one."""

    def __init__(self, path):
        self.path = path
        self.rows = {}
        if path.exists():
            lines = path.read_text().splitlines()
            names = lines[0].split("\t") if lines else []
            for line in lines[1:]:
                self._keep(dict(zip(names, line.split("\t"), strict=False)))

    def _keep(self, row):
        self.rows[tuple(row[key] for key in KEYS)] = row

    def has(self, case, peer, source, number):
        """Whether there is such a run that ended well."""
        row = self.rows.get((case, peer, source, str(number)))
        return row is not None and row["exit_code"] == "0"

    def add(self, run, number, cost, tree, note):
        """Writes a line at once, so that nothing is lost when the rest is interrupted."""
        values = {
            "case": run.case.name, "peer": run.peer, "source": run.source, "round": number,
            **dataclasses.asdict(cost), "tree": tree, "note": note,
        }
        row = {name: as_text(values[name]) for name in COLUMNS}
        new = not self.path.exists()
        with open(self.path, "a", encoding="utf-8") as file:
            if new:
                file.write("\t".join(COLUMNS) + "\n")
            file.write("\t".join(row[name] for name in COLUMNS) + "\n")
        self._keep(row)
        return row


def as_text(value):
    return "" if value is None else " ".join(str(value).split())
