"""ostree: a repository of objects, checked out with hard links into the device's own repository.

Over HTTP either object by object, or by a static delta made beforehand.
"""

from ..artifact import Artifact
from ..cases import CREATE, HTTP, INSTALL, LARGE, LINE, SMALL, UPDATES, Run
from ..disk import prepared

DEVICE = "--repo=$DISK/repo"


def runs(case, kit):
    if case is CREATE:
        yield Run(
            case,
            "ostree commit",
            f"""
ostree init --mode=archive --repo=$SCRATCH/repo
ostree commit --repo=$SCRATCH/repo --branch=new --tree=dir=$TREES/{case.new}
""",
            needs=(kit.tree(case.new),),
            outputs=("repo",),
            most_rounds=1,
        )
    elif case is INSTALL:
        yield pulled(case, kit, "ostree", "--disable-static-deltas", committed(case.new, kit))
    elif case in UPDATES:
        yield pulled(
            case, kit, "ostree objects", "--disable-static-deltas", committed(case.new, kit)
        )
        if case in (LARGE, SMALL, LINE):
            yield pulled(
                case, kit, "ostree static delta", "--require-static-deltas", delta(case, kit)
            )


def pulled(case, kit, peer, options, needed):
    return Run(
        case,
        peer,
        f"""
ostree pull {DEVICE} {options} server {case.new}
ostree checkout --require-hardlinks {DEVICE} server:{case.new} $DISK/new
""",
        source=HTTP,
        base=device_disk(case.old, kit),
        needs=(needed,),
        before=f"ostree config {DEVICE} set 'remote \"server\".url' $URL/ostree",
        result="new",
        most_rounds=1,
    )


def committed(name, kit):
    """A tree in the server's repository. The branch is there when the stamp is."""
    script = f"""
[ -e "$WWW/ostree/config" ] || ostree init --mode=archive --repo="$WWW/ostree"
ostree commit --repo="$WWW/ostree" --branch={name} --tree=dir="$TREES/{name}"
ostree summary --update --repo="$WWW/ostree"
"""
    return Artifact(kit.work.www / "ostree.stamps" / name, script, (kit.tree(name),))


def delta(case, kit):
    script = f"""
ostree static-delta generate --repo="$WWW/ostree" --from={case.old} --to={case.new}
ostree summary --update --repo="$WWW/ostree"
"""
    path = kit.work.www / "ostree.stamps" / f"{case.pair}.delta"
    return Artifact(path, script, (committed(case.old, kit), committed(case.new, kit)))


def device_disk(name, kit):
    populate = """
ostree init --mode=bare --repo="$DISK/repo"
ostree remote add --no-gpg-verify --repo="$DISK/repo" server "$URL/ostree"
"""
    if not name:
        return prepared(kit.work, "ostree-empty", populate)
    populate += f"""
ostree pull --disable-fsync --repo="$DISK/repo" server {name}
ostree checkout --require-hardlinks --repo="$DISK/repo" server:{name} "$DISK/old"
"""
    return prepared(kit.work, f"ostree-{name}", populate, (committed(name, kit),))
