"""A device's disk that goes back to its first state quickly, and what lies on it."""

import hashlib
import os
import re
import subprocess
from pathlib import Path

from comparison.system import ProgramFailed, shell, unmount

SHARED = ("var", "home", "root", "srv", "opt", "usr-local")
KEPT = "@.kept"


def run(*command):
    """A program without a shell; its output, or an error with what it printed."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode(errors="replace")
    if done.returncode:
        line = " ".join(map(str, command))
        raise ProgramFailed(f"{line}: exit code {done.returncode}: {text}")
    return text


class Device:
    """A btrfs with the old image as snapshot 1 and an admin's edits, for the `with` block."""

    def __init__(self, top, install):
        self.file = top / "device.btrfs"
        self.mount = top / "device"
        self.install = install

    def __enter__(self):
        self.mount.mkdir(exist_ok=True)
        self.file.unlink(missing_ok=True)
        shell(f"truncate --size=10G {self.file}; mkfs.btrfs --quiet {self.file}")
        run("mount", "-o", "loop,noatime,nodiscard,subvolid=5", self.file, self.mount)
        try:
            self.install(self.mount)
            self._edit()
            self._keep()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        unmount(str(self.mount))
        self.file.unlink(missing_ok=True)

    def _edit(self):
        etc = self.place(1) / "snapshot/etc"
        (etc / "edited-here").write_text("by the admin\n")
        (etc / "hostname").write_text("lobby-17\n")

    def _keep(self):
        run("btrfs", "subvolume", "create", self.mount / KEPT)
        for name in SHARED:
            run("btrfs", "subvolume", "snapshot", "-r", self.mount / "@" / name,
                self.mount / KEPT / name)
        self.base_id = self._id(self.place(1) / "snapshot")
        self.first = self.subvolumes()
        run("sync", "-f", self.mount)

    def go_back(self):
        """Removes all snapshots but the first, by hand: gc would leave a way back."""
        run("btrfs", "subvolume", "set-default", self.base_id, self.mount)
        above_first = sorted(self.subvolumes() - self.first, key=len)
        for path in above_first:
            run("btrfs", "property", "set", "-f", self.mount / path, "ro", "false")
        for path in reversed(above_first):
            run("btrfs", "subvolume", "delete", self.mount / path)
        for place in self.snapshots():
            if place.name != "1":
                run("rm", "-r", place)
        for name in SHARED:
            run("btrfs", "subvolume", "delete", self.mount / "@" / name)
            run("btrfs", "subvolume", "snapshot", self.mount / KEPT / name,
                self.mount / "@" / name)
        # This wakes btrfs's cleaner, which else comes with the next commit, in half a minute.
        run("btrfs", "filesystem", "sync", self.mount)
        run("btrfs", "subvolume", "sync", self.mount)

    def place(self, number):
        return self.mount / "@/.snapshots" / str(number)

    def snapshots(self):
        """What lies below .snapshots, whatever its name."""
        return sorted((self.mount / "@/.snapshots").iterdir())

    def files_beside(self, number):
        """What a snapshot has beside its trees: names alone."""
        place = self.place(number)
        return sorted(os.listdir(place)) + sorted(os.listdir(place / "tiu"))

    def subvolumes(self):
        listed = run("btrfs", "subvolume", "list", self.mount)
        return {line.split(" path ", 1)[1] for line in listed.splitlines()}

    def has_written(self):
        """Whether a snapshot other than the first has file data of its own."""
        run("sync", "-f", self.mount)
        for place in self.snapshots():
            tree = place / "snapshot"
            if place.name == "1" or not tree.is_dir():
                continue
            found = run("btrfs", "subvolume", "find-new", tree, str(self._made(tree)))
            if re.search(r"^inode ", found, re.M):
                return True
        return False

    def _made(self, tree):
        """The generation in which a snapshot was made: what it shares is from there or older."""
        shown = run("btrfs", "subvolume", "show", tree)
        return int(re.search(r"Gen at creation:\s+(\d+)", shown)[1]) + 1

    def _id(self, tree):
        return re.search(r"Subvolume ID:\s+(\d+)", run("btrfs", "subvolume", "show", tree))[1]

    def default(self):
        return run("btrfs", "subvolume", "get-default", self.mount).split(" path ", 1)[1].strip()

    def skeleton(self, number):
        return hashlib.sha256((self.place(number) / "tiu/skeleton.tiu").read_bytes()).hexdigest()

    def state(self, number):
        text = (self.place(number) / "info.xml").read_text()
        found = re.search(r"<key>tiu-state</key>\s*<value>(\w+)</value>", text)
        return found[1] if found else "none"
