"""What takes part. Each module says how one program does each case: a list of runs."""

from . import archive, btrfs, casync, hash_tree, ostree, rauc, rsync, squashfs, tiu

MODULES = (tiu, squashfs, rsync, btrfs, casync, ostree, archive, rauc, hash_tree)


def runs(case, kit):
    """All runs of a case, in the order in which a round takes them."""
    return [run for module in MODULES for run in module.runs(case, kit)]
