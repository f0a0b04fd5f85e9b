"""What a pair of trees has in it by itself: the measure for downloads and growth."""

import json
import os
import stat
import struct
import subprocess
from functools import partial

from . import tree
from .artifact import Artifact
from .cases import LARGE, SMALL
from .peers.squashfs import OPTIONS
from .system import ProgramFailed

PAIRS = (LARGE, SMALL)


def artifact(case, kit):
    """A file with the facts of a case, as JSON."""
    path = kit.work.top / "facts" / f"{case.pair}.json"
    make = partial(write, kit.work.trees / case.old, kit.work.trees / case.new)
    return Artifact(path, make, (kit.tree(case.old), kit.tree(case.new)))


def read(work):
    """The facts of each case by its name, of those that were made; and the size of an image."""
    image = work.www / "plain" / f"{LARGE.new}.tiu"
    found = {"image": image.stat().st_size} if image.exists() else {}
    for case in PAIRS:
        path = work.top / "facts" / f"{case.pair}.json"
        if path.exists():
            found[case.name] = json.loads(path.read_text())
    return found


def write(old, new, out):
    """Files and bytes of content that only the new tree has, and what an image needs for them."""
    have = {entry.content for entry in tree.scan(old).values() if stat.S_ISREG(entry.kind)}
    changed = {}
    for path, entry in tree.scan(new).items():
        if stat.S_ISREG(entry.kind) and entry.content not in have:
            changed.setdefault(entry.content, path)
    size = sum(os.path.getsize(new / path) for path in changed.values())
    compressed = packed(new, sorted(changed.values()), out.with_suffix(".squashfs"))
    out.write_text(json.dumps({"files": len(changed), "bytes": size, "compressed": compressed}))


def packed(top, paths, image):
    """Bytes of the data in an image of these files alone: all before its inode table."""
    names = b"\0".join(os.fsencode(path) for path in paths)
    with subprocess.Popen(
        ["tar", "-C", top, "--null", "--no-recursion", "--files-from=-", "-c"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as archive, subprocess.Popen(
        ["mksquashfs", "-", image, "-tar", *OPTIONS.split(), "-noappend", "-no-progress"],
        stdin=archive.stdout, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as packer:
        archive.stdin.write(names)
        archive.stdin.close()
        archive.stdout.close()
    if archive.returncode or packer.returncode:
        raise ProgramFailed("tar | mksquashfs failed over the changed files")
    with open(image, "rb") as file:
        superblock = file.read(96)
    image.unlink()
    return struct.unpack_from("<Q", superblock, 64)[0] - len(superblock)
