"""What is measured: changes from one system to another."""

from collections.abc import Callable
from dataclasses import dataclass, field

from .artifact import Artifact


@dataclass(frozen=True)
class Case:
    """A device with one tree that gets another; without a first one, an empty disk."""

    name: str
    old: str
    new: str
    title: str

    @property
    def pair(self):
        return f"{self.old}-{self.new}"


CREATE = Case("create", "v1", "v2", "Making what is put on the server")
INSTALL = Case("install", "", "v2", "A full install onto an empty disk")
LARGE = Case("large", "v1", "v2", "The large pair: kernel, JDK, container engine and more")
SMALL = Case("small", "v1", "v1s", "The small pair: an everyday update")
SELF = Case("self", "v2", "v2", "An image to itself, as a newer version")
LINE = Case("line", "v2", "v2l", "One changed line")
REBUILT = Case("rebuilt", "v2", "v2r", "The same packages, built again")
HASH_TREE = Case("hash-tree", "", "", "Building a hash tree over 1.5 GiB")
GROWTH = Case("growth", "v1", "v1s", "The small pair in a tree of ten times the paths")

ALL = (CREATE, HASH_TREE, INSTALL, LARGE, SMALL, SELF, LINE, GROWTH, REBUILT)
DEFAULT = tuple(case for case in ALL if case is not REBUILT)
UPDATES = (LARGE, SMALL, SELF, LINE, REBUILT)

FILE, HTTP = "file", "HTTP"


@dataclass(frozen=True)
class Run:
    """One peer on one case: a script to be measured, and what it needs and should lead to."""

    case: Case
    peer: str
    script: str
    source: str = FILE  # where the new system comes from
    base: Artifact | None = None  # the disk it begins on; none for what only makes files
    needs: tuple = ()
    before: str = ""  # not measured
    after: str = ""  # not measured, and done however the run ended
    result: str = ""  # where on the disk the new tree lies
    also: tuple = ()  # trees whose content it must have besides the case's new one
    ignored: tuple = ()  # paths in it that are the device's own
    outputs: tuple = ()  # what was made, below $SCRATCH
    most_rounds: int | None = None  # for slow ones
    extra: bool = False  # only when asked for
    environment: dict = field(default_factory=dict)
    note: Callable[[str], str] | None = None  # picks from what it printed
