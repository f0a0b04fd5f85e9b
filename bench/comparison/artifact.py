"""What has to be there before a run and isn't measured: bundles, stores, prepared disks."""

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .system import ProgramFailed, mounts_below, say, shell, unmount


@dataclass(frozen=True)
class Artifact:
    """A file or directory, made once: by a script that writes it to $OUT, or by a function of OUT.

    What adds to something shared (a repository) needn't: an empty file then stands for it.
    """

    path: Path
    make: str | Callable[[Path], None]
    needs: tuple = ()

    @property
    def name(self):
        return self.path.name


class Store:
    """Makes artifacts, each once, after what they need; remembers those that can't be made."""

    def __init__(self, environment):
        self.environment = environment
        self.failed = {}

    def require(self, artifact):
        """Raises ProgramFailed if the artifact can't be had."""
        if artifact.path in self.failed:
            raise ProgramFailed(self.failed[artifact.path])
        for needed in artifact.needs:
            self.require(needed)
        if not artifact.path.exists():
            try:
                self._make(artifact)
            except ProgramFailed as failure:
                self.failed[artifact.path] = f"{artifact.name} can't be made: {failure}"
                say(self.failed[artifact.path])
                raise ProgramFailed(self.failed[artifact.path]) from failure

    def _make(self, artifact):
        artifact.path.parent.mkdir(parents=True, exist_ok=True)
        out = artifact.path.with_name(f".making-{artifact.name}")
        remove(out)
        started = time.monotonic()
        if callable(artifact.make):
            artifact.make(out)
        else:
            shell(artifact.make, dict(self.environment, OUT=str(out)))
        if not out.exists():
            out.touch()
        out.rename(artifact.path)
        say(f"made {artifact.path} in {time.monotonic() - started:.0f} s")


def remove(path):
    """Removes a file or a whole directory, if it is there; but nothing that is mounted in it."""
    for point in mounts_below(path):
        unmount(point)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
