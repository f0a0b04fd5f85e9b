"""btrfs send and receive: the difference of two snapshots on a disk of the server.

The device must have received the old one from that server too. `receive` is from a snapshot that
rsync brought up to date in place, which leaves the smallest difference.
"""

from ..artifact import Artifact
from ..cases import FILE, HTTP, UPDATES, Run
from ..disk import MOUNT_OPTIONS, SIZE


def runs(case, kit):
    if case not in UPDATES:
        return
    stream = difference(case, kit)
    for source, fetch in (
        (FILE, f"cat {stream.path}"),
        (HTTP, f"curl --silent --fail $URL/send/{stream.name}"),
    ):
        yield Run(
            case,
            "btrfs receive",
            f"{fetch} | zstd --decompress --stdout --quiet | btrfs --quiet receive $DISK",
            source=source,
            base=received_disk(case.old, kit),
            needs=(stream,),
            result="new",
            most_rounds=None if source == FILE else 1,
        )


def server_disk(name, kit):
    """The server's disk with the old tree; what was sent from it has its identity."""
    script = f"""
truncate --size={SIZE} "$OUT"
mkfs.btrfs --quiet "$OUT"
mount -o loop,{MOUNT_OPTIONS} "$OUT" "$DISK"
trap 'umount "$DISK"' EXIT
btrfs --quiet subvolume create "$DISK/old"
cp -a "$TREES/{name}/." "$DISK/old/"
btrfs property set "$DISK/old" ro true
btrfs --quiet send "$DISK/old" | zstd -1 --quiet --stdout >"$SCRATCH/full.send"
mv "$SCRATCH/full.send" "$BASES/{name}.send.zst"
"""
    return Artifact(kit.work.bases / f"server-{name}.btrfs", script, (kit.tree(name),))


def received_disk(name, kit):
    script = f"""
truncate --size={SIZE} "$OUT"
mkfs.btrfs --quiet "$OUT"
mount -o loop,{MOUNT_OPTIONS} "$OUT" "$DISK"
trap 'umount "$DISK"' EXIT
zstd --decompress --stdout --quiet "$BASES/{name}.send.zst" | btrfs --quiet receive "$DISK"
"""
    return Artifact(kit.work.bases / f"received-{name}.btrfs", script, (server_disk(name, kit),))


def difference(case, kit):
    """The stream from the old to the new tree, compressed."""
    server = server_disk(case.old, kit)
    script = f"""
mount -o loop,{MOUNT_OPTIONS} {server.path} "$DISK"
trap 'btrfs --quiet subvolume delete "$DISK/new" >/dev/null; umount "$DISK"' EXIT
btrfs --quiet subvolume snapshot "$DISK/old" "$DISK/new"
rsync -aHAX --numeric-ids --delete --checksum --inplace --no-whole-file \\
  $TREES/{case.new}/ "$DISK/new/"
btrfs property set "$DISK/new" ro true
btrfs --quiet send -p "$DISK/old" "$DISK/new" | zstd -9 -T0 --quiet --stdout >"$OUT"
"""
    path = kit.work.www / "send" / f"{case.pair}.send.zst"
    return Artifact(path, script, (server, kit.tree(case.new)))
