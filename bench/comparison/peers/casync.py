"""casync: content-defined chunks from a store, those of the old tree taken from the disk.

Unpacking onto a subvolume's root fails on btrfs, so all go into a directory below it; and of the
feature sets only `--with=unix` ends without an error everywhere, though it loses hard links.
"""

from ..artifact import Artifact
from ..cases import CREATE, HTTP, INSTALL, UPDATES, Run

MODES = {"casync": "", "casync --with=unix": "--with=unix"}


def runs(case, kit):
    for peer, features in MODES.items():
        usual = bool(features)
        if case is CREATE:
            yield Run(
                case,
                peer,
                f"casync make {features} --store=$SCRATCH/new.castr $SCRATCH/new.caidx"
                f" $TREES/{case.new}",
                needs=(kit.tree(case.new),),
                outputs=("new.castr", "new.caidx"),
                most_rounds=1,
                extra=not usual,
            )
        elif case is INSTALL or case in UPDATES:
            index = chunked(case.new, features, kit)
            seed = "--seed=$DISK/old" if case.old else ""
            yield Run(
                case,
                peer,
                f"""
btrfs --quiet subvolume create $DISK/new
casync extract --store=$URL/casync/{store(features)} {seed} $URL/casync/{index.name} $DISK/new/root
""",
                source=HTTP,
                base=kit.plain_disk(case.old),
                needs=(index,),
                result="new/root",
                most_rounds=1,
                extra=not usual,
            )


def store(features):
    return "unix.castr" if features else "all.castr"


def chunked(name, features, kit):
    """The index of a tree; its chunks are in the store that all trees share."""
    script = f"""
casync make {features} --store="$WWW/casync/{store(features)}" "$SCRATCH/index.caidx" \\
  "$TREES/{name}"
mv "$SCRATCH/index.caidx" "$OUT"
"""
    index = f"{name}-{store(features).removesuffix('.castr')}.caidx"
    return Artifact(kit.work.www / "casync" / index, script, (kit.tree(name),))
