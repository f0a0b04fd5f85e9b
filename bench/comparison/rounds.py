"""Running everything that was chosen, in turn."""

import contextlib
import re

from . import tree
from .artifact import remove
from .disk import Disk
from .meter import Cost, measure, size_of
from .system import ProgramFailed, say, shell

NOT_READY = 125


class Rounds:
    """All chosen runs of a round, then the next round, so that what a round has is comparable."""

    def __init__(self, work, store, kit, results, server):
        self.work = work
        self.store = store
        self.kit = kit
        self.results = results
        self.server = server
        self.expected = {}

    def prepare(self, artifacts):
        """Makes what runs need, without measuring. What can't be made fails its runs later."""
        for artifact in artifacts:
            with contextlib.suppress(ProgramFailed):
                self.store.require(artifact)

    def go(self, runs, rounds):
        for number in range(1, rounds + 1):
            for run in runs:
                if run.most_rounds is not None and number > run.most_rounds:
                    continue
                if self.results.has(run.case.name, run.peer, run.source, number):
                    continue
                self._one(run, number)

    def _one(self, run, number):
        try:
            for artifact in wanted(run):
                self.store.require(artifact)
            cost, verdict, note = self._measured(run, number)
        except ProgramFailed as failure:
            cost, verdict, note = Cost(exit_code=NOT_READY), "", str(failure)[:300]
        row = self.results.add(run, number, cost, verdict, note)
        say(
            f"{number} {run.case.name:8} {run.source:4} {run.peer:28} exit {row['exit_code']}"
            f"  wall {row['wall']}  cpu {row['user']}+{row['system']}  {verdict or note}"
        )

    def _measured(self, run, number):
        remove(self.work.scratch)
        self.work.scratch.mkdir()
        name = "-".join([run.case.name, *re.findall(r"\w+", run.peer), run.source, str(number)])
        log = self.work.logs / f"{name}.log"
        environment = {**self.work.environment(), **run.environment}
        with contextlib.ExitStack() as stack:
            disk = stack.enter_context(Disk(self.work, run.base.path)) if run.base else None
            if run.before:
                shell(run.before, environment)
            if run.after:
                stack.callback(self._afterwards, run.after, environment)
            cost = measure(run.script, environment, log, disk, self.server)
            if run.outputs:
                cost.output = sum(size_of(self.work.scratch / path) for path in run.outputs)
            printed = log.read_text(errors="replace")
            if cost.exit_code != 0:
                return cost, "", printed[-300:]
            verdict = self._verdict(run, number)
        return cost, verdict, run.note(printed) if run.note else ""

    @staticmethod
    def _afterwards(script, environment):
        try:
            shell(script, environment)
        except ProgramFailed as failure:
            say(f"afterwards: {failure}")

    def _verdict(self, run, number):
        """In the first round only: reading all of a tree takes long."""
        if not run.result or number > 1:
            return ""
        found = tree.scan(self.work.disk / run.result)
        return str(tree.compare(self._expected((run.case.new, *run.also)), found, run.ignored))

    def _expected(self, names):
        """What several trees make together; the root's own entry is the first one's."""
        if names not in self.expected:
            scanned = [tree.scan(self.work.trees / name) for name in names]
            self.expected[names] = {
                path: entry for entries in reversed(scanned) for path, entry in entries.items()
            }
        return self.expected[names]


def wanted(run):
    return (*run.needs, *([run.base] if run.base else []))
