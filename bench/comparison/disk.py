"""The disk of a run: a fresh btrfs on a loop device, copied from a prepared one."""

import os
import re
from pathlib import Path

from .artifact import Artifact
from .system import shell, unmount

SIZE = "10G"
MOUNT_OPTIONS = "noatime,nodiscard,subvolid=5"


def prepared(work, name, populate, needs=()):
    """The image of a disk that a script has filled through $DISK."""
    script = f"""
truncate --size={SIZE} "$OUT"
mkfs.btrfs --quiet "$OUT"
mount -o loop,{MOUNT_OPTIONS} "$OUT" "$DISK"
trap 'umount "$DISK"' EXIT
{populate}
sync -f "$DISK"
"""
    return Artifact(work.bases / f"{name}.btrfs", script, tuple(needs))


class Disk:
    """A copy of a prepared image, mounted; gone at the end of the `with` block."""

    def __init__(self, work, base):
        self.mount = work.disk
        self.file = work.top / "run.btrfs"
        self.base = base
        self.device = None

    def __enter__(self):
        self.file.unlink(missing_ok=True)
        shell(f"cp --sparse=always {self.base} {self.file}; sync {self.file}")
        self.device = shell(f"losetup --find --show {self.file}").strip()
        try:
            shell(f"mount -o {MOUNT_OPTIONS} {self.device} {self.mount}; sync -f {self.mount}")
        except BaseException:
            self._detach()
            raise
        return self

    def __exit__(self, *_):
        try:
            unmount(str(self.mount))
        finally:
            self._detach()

    def _detach(self):
        shell(f"losetup --detach {self.device}")
        self.file.unlink(missing_ok=True)

    def sync(self):
        shell(f"sync -f {self.mount}")

    def used(self):
        """Bytes of file data and of metadata in use, as btrfs counts them (one copy of each)."""
        listed = shell(f"btrfs filesystem df -b {self.mount}")

        def of(kind):
            return sum(int(n) for n in re.findall(rf"^{kind}, .*used=(\d+)$", listed, re.M))

        return of("Data"), of("Metadata")

    def written(self):
        return bytes_written(self.device)


def bytes_written(device):
    """Bytes that a block device was told to write since it was attached."""
    name = os.path.basename(device)
    return int(Path(f"/sys/block/{name}/stat").read_text().split()[6]) * 512
