"""The systems that are compared: a first release of Debian, and what its updates make of it.

| tree  | what it is |
|-------|------------|
| `v1`  | the first release: no updates |
| `v2`  | all updates: another kernel, another JDK, … |
| `v1s` | a small update: as v2, but kernel and JDK stay as in v1 |
| `v2l` | v2 with one line added to one file |
| `v2r` | v2 built again, half an hour of clock time later |
| `padding` | nine times as many paths as v2 has, in directories of their own, with tiny files |

No tree has what a device makes for itself (initrds, host keys) or what is empty at every boot, and
times are in whole seconds, as a squashfs keeps them: so every peer begins with the same, and what
one of them can't keep isn't held against it by accident.
"""

import os
import re
import subprocess
from functools import partial
from pathlib import Path

from .artifact import Artifact, remove
from .system import ProgramFailed, run, shell

PACKAGES = (
    "systemd-sysv,linux-image-amd64,network-manager,openssh-server,python3,"
    "openjdk-17-jre-headless,podman,vim,nginx"
)
SUITE = "bookworm"
UPDATES = 1790000000
EPOCHS = {"v1": 1735689600, "v2r": UPDATES + 1800}
COPIES = 9

# Everything that differs between two builds for no reason.
CLEAN_UP = """\
rm -f "$1"/var/log/*.log "$1"/var/log/apt/* "$1"/var/lib/dpkg/*-old
rm -f "$1"/var/cache/ldconfig/aux-cache
echo bench >"$1"/etc/hostname
"""

# What belongs to one device.
OF_A_DEVICE = (
    "boot/initrd.img-*", "etc/resolv.conf", "etc/ssh/ssh_host_*", "var/lib/dbus/machine-id",
    "var/lib/systemd/random-seed",
)
EMPTY_AT_BOOT = ("dev/*", "proc/*", "sys/*", "run/*", "tmp/*")

PIN = """\
Package: linux-* openjdk-*
Pin: release n=bookworm
Pin-Priority: 1001
"""

ONE_LINE = """
cp -a --reflink=auto "$TREES/v2" "$OUT"
before=$(stat --format=%Y "$OUT/etc")
echo '# changed' >>"$OUT/etc/login.defs"
touch --date=@1790000100 "$OUT/etc/login.defs"
touch --date="@$before" "$OUT/etc"
"""


class Corpus:
    """Makes the trees, or takes them from a directory where they lie already."""

    def __init__(self, work, existing=None, packages=PACKAGES):
        self.work = work
        self.existing = Path(existing) if existing else None
        self.packages = packages

    def tree(self, name):
        """The artifact of a tree, a directory."""
        path = self.work.trees / name
        if name == "padding":
            return Artifact(path, partial(pad, self.work.trees / "v2"), (self.tree("v2"),))
        if self.existing and (self.existing / name).is_dir():
            return Artifact(path, partial(self._copy, name))
        if name == "v2l":
            return Artifact(path, ONE_LINE, (self.tree("v2"),))
        return Artifact(path, partial(self._bootstrap, name))

    def _copy(self, name, out):
        shell(f"cp -a --reflink=auto '{self.existing / name}' '{out}'")
        finish(out)

    def _bootstrap(self, name, out):
        """One system by mmdebstrap; what it says goes to the logs."""
        sources = debian_sources()
        hooks = [f"--customize-hook={CLEAN_UP}"]
        if name == "v1s":
            pin = self.work.scratch / "pin"
            pin.write_text(PIN)
            there = '"$1"/etc/apt/preferences.d'
            hooks += [
                f"--setup-hook=mkdir -p {there}; cp '{pin}' {there}/pin; chmod 644 {there}/pin",
                f"--customize-hook=rm {there}/pin",
            ]
        command = [
            "mmdebstrap", "--mode=root", "--variant=minbase", f"--include={self.packages}",
            '--aptopt=Apt::Install-Recommends "false"', *hooks,
            SUITE, str(out), *(sources[:1] if name == "v1" else sources),
        ]
        environment = dict(os.environ, SOURCE_DATE_EPOCH=str(EPOCHS.get(name, UPDATES)))
        log = self.work.logs / f"mmdebstrap-{name}.log"
        with open(log, "wb") as output:
            if run(command, output, environment) != 0:
                raise ProgramFailed(f"mmdebstrap failed; see {log}")
        finish(out)


def finish(tree):
    """Takes out what no image should have, and rounds the times."""
    for pattern in OF_A_DEVICE + EMPTY_AT_BOOT:
        for path in sorted(tree.glob(pattern)):
            times = os.stat(path.parent)
            remove(path)
            os.utime(path.parent, ns=(times.st_atime_ns, times.st_mtime_ns))
    identity = tree / "etc/machine-id"
    if identity.exists() and identity.stat().st_size > 0:
        identity.write_text("")
    round_times(tree)


def debian_sources():
    """One-line entries for the release, its updates and its security updates, in this order.

    From apt's own configuration, whichever form that has.
    """
    printed = subprocess.run(
        [
            "apt-get", "indextargets", "--format",
            "deb $(REPO_URI) $(RELEASE) $(COMPONENT) #$(ORIGIN)", "Created-By: Packages",
        ],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
    ).stdout
    entries = sorted({line[: -len(" #Debian")] for line in printed.splitlines()
                      if line.endswith(" main #Debian")})
    wanted = [
        [entry for entry in entries if re.search(rf" {SUITE}{suffix} main$", entry)][:1]
        for suffix in ("", "-updates", "-security")
    ]
    if not wanted[0]:
        raise ProgramFailed(
            f"apt has no Debian source for {SUITE}; add one and run apt-get update, or name a"
            " directory with finished trees by --corpus"
        )
    return [entry for found in wanted for entry in found]


def round_times(tree):
    """Cuts all times of a tree to whole seconds."""
    for top, directories, names in os.walk(tree, topdown=False):
        for path in [os.path.join(top, name) for name in directories + names] + [top]:
            seconds = os.lstat(path).st_mtime_ns // 10**9
            os.utime(path, (seconds, seconds), follow_symlinks=False)


def pad(model, tree):
    """COPIES times the directories and files of a tree, each file with a line of its own."""
    os.makedirs(tree)
    for copy in range(1, COPIES + 1):
        for top, _, names in os.walk(model):
            there = tree / f"copy{copy}" / os.path.relpath(top, model)
            there.mkdir(exist_ok=True)
            for name in names:
                (there / name).write_text(f"{copy} {Path(top, name)}\n")
    round_times(tree)
