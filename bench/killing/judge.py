"""Whether a device has exactly what the image says, judged without tiu."""

import dataclasses
import os
from pathlib import Path

from comparison import tree
from comparison.system import ProgramFailed

from .device import SHARED

# What an admin made or changed, and what these edits do to their directory.
OWN = (
    "etc", "etc/hostname", "etc/edited-here", "etc/fstab", "etc/tiu", "etc/tiu/tiu.toml",
)
# What tools of the new system make there, anew in each run, or is never the image's: its time says
# nothing.
MADE = tuple(
    f"etc/{name}"
    for name in (
        ".pwd.lock", "passwd", "passwd-", "group", "group-", "shadow", "shadow-", "gshadow",
        "gshadow-", "subuid-", "subgid-", "machine-id", "mtab", "resolv.conf", "adjtime", "ld.so.cache", "ssl/certs", "ssl/certs/ca-certificates.crt",
    )
)
CARRIED = "trusted.tiu."


class Judge:
    """Knows the image from its own mount, and the admin's /etc from a run that nobody killed."""

    def __init__(self, image):
        found = {path: _with_acl(image / path, e) for path, e in tree.scan(image).items()}
        self.root = _without_links_across(found)
        self.etc = {
            os.path.relpath(path, "etc"): _alone(entry)
            for path, entry in self.root.items()
            if _in_etc(path)
        }
        self.skeleton = ""
        self.beside = []
        self.shared = {}

    def learn(self, device, number):
        """Takes over what only this device has, after it was held against the edits."""
        found = tree.scan(device.place(number) / "snapshot")
        old = device.place(1) / "snapshot"
        for path in ("etc/hostname", "etc/edited-here"):
            if found[path].content != tree.scan(old / "etc")[path.removeprefix("etc/")].content:
                raise ProgramFailed(f"{path}: the admin's edit is lost without any kill")
        for path in OWN:
            if path in found:
                self.root[path] = found[path]
        for path in MADE:
            if path in found:
                self.root[path] = _without_time(found[path])
        self.root["etc"] = _without_time(self.root["etc"])
        self.skeleton = device.skeleton(number)
        self.beside = device.files_beside(number)
        self.shared = {name: shared(device, name) for name in SHARED}

    def differences(self, device, number):
        """What is wrong with the snapshot, in words; empty if nothing is."""
        place = device.place(number)
        found = []
        root = tree.scan(place / "snapshot")
        # The admin's edits count, so that the merge doesn't set the image's time there: it is now.
        for path in ("etc", *MADE):
            if path in root:
                root[path] = _without_time(root[path])
        trees = (("snapshot", self.root, root), ("etc", self.etc, tree.scan(place / "etc")))
        for name, expected, has in trees:
            verdict = tree.compare(expected, has)
            if verdict.counts:
                found.append(f"{name} is {verdict}")
        if device.skeleton(number) != self.skeleton:
            found.append("the skeleton isn't that of an undisturbed run")
        if device.files_beside(number) != self.beside:
            found.append(f"beside it are {' '.join(device.files_beside(number))}")
        for name, expected in self.shared.items():
            verdict = tree.compare(expected, shared(device, name))
            if verdict.counts:
                found.append(f"@/{name} is {verdict}")
        if device.state(number) != "good":
            found.append(f"its state is {device.state(number)}")
        if device.default() != f"@/.snapshots/{number}/snapshot":
            found.append(f"the default is {device.default()}")
        return found


def _with_acl(path, entry):
    """ACLs under the names that they have on a device."""
    if not os.path.lexists(path):
        return entry
    names = sorted(n for n in os.listxattr(path, follow_symlinks=False) if n.startswith(CARRIED))
    if not names:
        return entry
    acl = tuple(
        ("system." + n.removeprefix(CARRIED), os.getxattr(path, n, follow_symlinks=False))
        for n in names
    )
    return dataclasses.replace(entry, acl=acl)


def _in_etc(path):
    return path == "etc" or path.startswith("etc/")


def _without_links_across(entries):
    """A device's /etc is a subvolume, so that names within and without can't be one file."""
    first = {}
    return {
        path: dataclasses.replace(
            entry, links=first.setdefault((_in_etc(path), entry.links), path)
        )
        for path, entry in entries.items()
    }


def _alone(entry):
    """An entry as it is where /etc is the top of the tree."""
    return dataclasses.replace(entry, links=os.path.relpath(entry.links, "etc"))


def _without_time(entry):
    return dataclasses.replace(entry, mtime=0)


def shared(device, name):
    """A directory that all snapshots share. Its times say when something came, not what."""
    scanned = tree.scan(device.mount / "@" / name)
    return {path: _without_time(entry) for path, entry in scanned.items()}


def leftovers(device, number, before, mark):
    """What an update should have put away: snapshots, mounts, loop devices, processes."""
    extra = sorted(device.subvolumes() - subvolumes_of(device, number))
    found = [f"subvolume {path}" for path in extra]
    names = {place.name for place in device.snapshots()} - {"1", str(number)}
    found += [f"{name} in .snapshots" for name in sorted(names)]
    found += [f"mount {line}" for line in sorted(mounts(device.file.parent) - before)]
    found += [f"process {pid}" for pid in processes(mark)]
    return found


def subvolumes_of(device, number):
    """All that a device has with one whole update: what it had, and three for the new snapshot."""
    top = f"@/.snapshots/{number}"
    return device.first | {f"{top}/snapshot", f"{top}/snapshot/etc", f"{top}/etc"}


def mounts(below):
    """Mount points and loop devices that have to do with a directory."""
    lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    found = {line.split()[4] for line in lines if f" {below}/" in line}
    for backing in Path("/sys/block").glob("loop*/loop/backing_file"):
        try:
            file = backing.read_text().strip()
        except OSError:
            continue
        if file.startswith(f"{below}/"):
            found.add(f"{backing.parts[3]} {file}")
    return found


def processes(mark):
    """Those that have a variable of a run in their environment."""
    found = []
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (directory / "environ").read_bytes().split(b"\0"):
                found.append(int(directory.name))
        except OSError:
            continue
    return found
