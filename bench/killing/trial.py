"""One update that is killed, and the one after it."""

import dataclasses
import os
import random
import subprocess
import time

from comparison.system import ProgramFailed

from .judge import leftovers, mounts

TIME_LIMIT = 900


@dataclasses.dataclass(frozen=True)
class Trial:
    """A line of the results. Bytes are those that the server sent."""

    number: int
    after_ms: int
    killed: str  # yes, or no if the run was over by then
    written: str  # whether file data had been written when it was killed
    first_bytes: int
    second_bytes: int
    second_ms: int
    share: float  # of the bytes of a run that nobody killed
    seconds: float  # of the whole trial
    verdict: str  # right, or what is wrong

    def line(self):
        return "\t".join(str(value) for value in dataclasses.astuple(self))

    @staticmethod
    def head():
        return "\t".join(field.name for field in dataclasses.fields(Trial))

    @staticmethod
    def parse(line):
        fields = dataclasses.fields(Trial)
        texts = line.rstrip("\n").split("\t")
        if len(texts) != len(fields):
            raise ValueError(f"{len(texts)} columns in place of {len(fields)}: {line!r}")
        return Trial(*(field.type(text) for field, text in zip(fields, texts, strict=True)))


class Trials:
    """Carries trials out, each on the device's first state."""

    def __init__(self, device, server, judge, update, logs, seed):
        self.device = device
        self.server = server
        self.judge = judge
        self.update = update
        self.logs = logs
        self.seed = seed
        self.clean_bytes = 0
        self.clean_seconds = 0.0

    def undisturbed(self):
        """What one run takes that nobody kills."""
        code, self.clean_seconds = self._run("undisturbed", None)
        if code:
            raise ProgramFailed(f"the update fails without a kill: see {self.logs}/undisturbed.log")
        self.clean_bytes, requests = self.server.taken()
        number = self._newest()
        self.judge.learn(self.device, number)
        wrong = self.judge.differences(self.device, number)
        if wrong:
            raise ProgramFailed(f"the tree is wrong without a kill: {'; '.join(wrong)}")
        self.device.go_back()
        return requests

    def go(self, number):
        begun = time.monotonic()
        after = random.Random(f"{self.seed}:{number}").random() * self.clean_seconds
        before = mounts(self.device.file.parent)
        code, _ = self._run(f"{number}-killed", after)
        first, _ = self.server.taken()
        written = self.device.has_written()
        second_code, second_seconds = self._run(f"{number}-again", None)
        second, _ = self.server.taken()
        wrong = self._wrong(number, code, second_code, before)
        self.device.go_back()
        return Trial(
            number,
            round(after * 1000),
            "no" if code == 0 else "yes",
            "yes" if written else "no",
            first,
            second,
            round(second_seconds * 1000),
            round((first + second) / self.clean_bytes, 4),
            round(time.monotonic() - begun, 1),
            "; ".join(wrong).replace("\t", " ").replace("\n", " ") or "right",
        )

    def _wrong(self, number, code, second_code, before):
        if code not in (0, -9):
            return [f"the first run ended by itself with {code}: see {number}-killed.log"]
        if second_code:
            return [f"the second run ended with {second_code}: see {number}-again.log"]
        newest = self._newest()
        try:
            wrong = self.judge.differences(self.device, newest)
        except OSError as e:
            wrong = [f"what it has can't be judged: {e}"]
        return wrong + leftovers(self.device, newest, before, self._mark())

    def _run(self, name, kill_after):
        """One update: its exit code and seconds. Only the program itself is killed."""
        environment = dict(os.environ, TIU_KILL_TRIAL=str(os.getpid()))
        begun = time.monotonic()
        with open(self.logs / f"{name}.log", "wb") as log:
            process = subprocess.Popen(
                self.update, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=environment,
            )
            try:
                code = process.wait(TIME_LIMIT if kill_after is None else kill_after)
            except subprocess.TimeoutExpired:
                process.kill()
                code = process.wait()
            finally:
                process.kill()  # also where this program is told to end
        return code, time.monotonic() - begun

    @staticmethod
    def _mark():
        return f"TIU_KILL_TRIAL={os.getpid()}"

    def _newest(self):
        numbers = [int(p.name) for p in self.device.snapshots() if p.name.isdigit()]
        return max(numbers)
