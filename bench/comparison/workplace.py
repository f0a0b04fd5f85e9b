"""Where everything lies, and the environment in which the peers' scripts run."""

import os
import socket
from pathlib import Path


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Workplace:
    """The directory of a comparison. Everything below it can be removed at any time."""

    def __init__(self, directory, checkout):
        self.top = Path(directory).resolve()
        self.checkout = checkout
        self.trees = self.top / "trees"
        self.www = self.top / "www"
        self.bases = self.top / "bases"
        self.scratch = self.top / "scratch"
        self.disk = self.top / "disk"
        self.image = self.top / "image"
        self.logs = self.top / "logs"
        self.results = self.top / "results.tsv"
        self.machine = self.top / "machine.md"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def make(self):
        for directory in (
            self.trees, self.www, self.bases, self.scratch, self.disk, self.image, self.logs,
        ):
            directory.mkdir(parents=True, exist_ok=True)

    def environment(self):
        """Names for the scripts: TREES, WWW, URL (the same over HTTP), DISK (the btrfs), …"""
        return dict(
            os.environ,
            PATH=f"{self.checkout}/bin:{os.environ['PATH']}:/usr/sbin:/sbin",
            LC_ALL="C.UTF-8",
            TREES=str(self.trees),
            WWW=str(self.www),
            URL=self.url,
            DISK=str(self.disk),
            IMAGE=str(self.image),
            SCRATCH=str(self.scratch),
            BASES=str(self.bases),
            KEYS=str(self.top / "keys"),
            OTHER_KEYS=str(self.top / "other-keys"),
            LOGS=str(self.logs),
        )
