"""Judging a tree by the one it should equal."""

import hashlib
import os
import stat
from collections import Counter
from dataclasses import dataclass

RIGHT, NEARLY, WRONG = "right", "nearly", "wrong"


@dataclass(frozen=True)
class Entry:
    """All of a path that a system can depend on."""

    kind: int
    content: str  # digest of a file, target of a link, numbers of a device
    mode: int
    owner: tuple
    mtime: int  # nanoseconds
    attributes: tuple  # extended ones, with capabilities
    acl: tuple
    links: str  # the first path of the same inode

    DIFFERENCES = ("kind", "content", "mode", "owner", "attributes", "acl", "links", "mtime")


@dataclass(frozen=True)
class Verdict:
    """How a tree differs: per kind of difference how many paths, and one of them."""

    counts: dict
    examples: dict

    @property
    def word(self):
        """Without some times and ACLs a tree is nearly right; with any other difference wrong."""
        if not self.counts:
            return RIGHT
        return NEARLY if self.counts.keys() <= {"mtime", "acl"} else WRONG

    def __str__(self):
        differences = (f"{kind}: {n} ({self.examples[kind]})" for kind, n in self.counts.items())
        return ", ".join([self.word, *differences])


def scan(root):
    """Every path of a tree, relative, with its entry. Reads all content."""
    root = os.fsencode(root)
    found = {}
    first = {}
    for path in _walk(root):
        name = os.path.relpath(path, root).decode(errors="surrogateescape")
        status = os.lstat(path)
        inode = (status.st_dev, status.st_ino)
        other = found[first[inode]] if inode in first else None
        if stat.S_ISREG(status.st_mode) and status.st_nlink > 1:
            first.setdefault(inode, name)
        found[name] = Entry(
            kind=stat.S_IFMT(status.st_mode),
            content=other.content if other else _content(path, status),
            mode=stat.S_IMODE(status.st_mode),
            owner=(status.st_uid, status.st_gid),
            mtime=status.st_mtime_ns,
            attributes=_attributes(path, acl=False),
            acl=_attributes(path, acl=True),
            links=first.get(inode, name),
        )
    return found


def _walk(root):
    yield root
    for top, directories, names in os.walk(root):
        directories.sort()
        for name in sorted(directories + names):
            yield os.path.join(top, name)


def _content(path, status):
    if stat.S_ISLNK(status.st_mode):
        return os.fsdecode(os.readlink(path))
    if stat.S_ISREG(status.st_mode):
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "blake2b").hexdigest()
    if stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode):
        return str(status.st_rdev)
    return ""


def _attributes(path, acl):
    """Either the ACLs or all else; not those of btrfs, nor in which a bundle carries ACLs."""
    names = os.listxattr(path, follow_symlinks=False)
    return tuple(
        (name, os.getxattr(path, name, follow_symlinks=False))
        for name in sorted(names)
        if name.startswith("system.posix_acl") == acl
        and not name.startswith(("btrfs.", "trusted.tiu."))
    )


def compare(expected, found, ignored=()):
    """The verdict on a scanned tree; what is at or below an ignored path doesn't count."""
    counts, examples = Counter(), {}

    def note(kind, path):
        counts[kind] += 1
        examples.setdefault(kind, path)

    for path in sorted(expected.keys() | found.keys()):
        if any(path == top or path.startswith(top + "/") for top in ignored):
            continue
        if path not in found:
            note("missing", path)
        elif path not in expected:
            note("extra", path)
        elif expected[path] != found[path]:
            for kind in Entry.DIFFERENCES:
                if getattr(expected[path], kind) != getattr(found[path], kind):
                    note(kind, path)
    return Verdict(dict(counts), examples)
