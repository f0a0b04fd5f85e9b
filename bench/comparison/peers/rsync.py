"""rsync from the mounted image into a snapshot of the old tree."""

from ..cases import UPDATES, Run


def runs(case, kit):
    if case not in UPDATES:
        return
    for peer, options, extra in (
        ("rsync", "", False),
        ("rsync --inplace", "--inplace --no-whole-file", False),
        ("rsync -c --inplace", "--checksum --inplace --no-whole-file", True),
    ):
        yield Run(
            case,
            peer,
            f"""
btrfs --quiet subvolume snapshot $DISK/old $DISK/new
mount -o loop,ro $WWW/plain/{case.new}.tiu $IMAGE
rsync -aHAX --numeric-ids --delete {options} $IMAGE/ $DISK/new/
""",
            base=kit.plain_disk(case.old),
            needs=(kit.bundle(case.new),),
            after="umount $IMAGE",
            result="new",
            extra=extra,
        )
