"""squashfs-tools: the whole image, unpacked into a new subvolume that shares nothing."""

from ..cases import CREATE, INSTALL, UPDATES, Run

# What `tiu create` uses.
OPTIONS = "-comp zstd -Xcompression-level 15 -b 128K"


def runs(case, kit):
    if case is CREATE:
        yield Run(
            case,
            "mksquashfs",
            f"mksquashfs $TREES/{case.new} $SCRATCH/new.squashfs {OPTIONS} -noappend -no-progress",
            needs=(kit.tree(case.new),),
            outputs=("new.squashfs",),
        )
    elif case is INSTALL or case in UPDATES:
        yield Run(
            case,
            "unsquashfs",
            f"""
btrfs --quiet subvolume create $DISK/new
unsquashfs -quiet -no-progress -force -dest $DISK/new $WWW/plain/{case.new}.tiu
""",
            base=kit.plain_disk(case.old),
            needs=(kit.bundle(case.new),),
            result="new",
        )
