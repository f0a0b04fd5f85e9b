"""tiu from this checkout: from a file, by ranges over HTTP, and by a delta over HTTP."""

from ..artifact import Artifact
from ..cases import CREATE, FILE, GROWTH, HTTP, INSTALL, LARGE, SELF, SMALL, UPDATES, Run
from ..disk import prepared
from ..kit import SIGNER, VERSIONS, create, packed

TRUST = "--keyring $KEYS/ca.crt.pem"
UPDATE = f"tiu update --sysroot $DISK {TRUST}"
# Its own configuration and mounts, and what the new system's tools make there.
OWN = tuple(
    f"etc/{name}"
    for name in (
        "tiu", "fstab", "machine-id", "mtab", "resolv.conf", "adjtime", ".pwd.lock", "passwd-", "group-",
        "shadow-", "gshadow-", "subuid-", "subgid-", "ld.so.cache", "ssl/certs/ca-certificates.crt",
    )
)
SECOND = "@/.snapshots/2/snapshot"


def runs(case, kit):
    if case is CREATE:
        yield from creation(case, kit)
    elif case is INSTALL:
        yield from installation(case, kit)
    elif case is GROWTH:
        yield from growth(case, kit)
    elif case in UPDATES:
        yield from from_file(case, kit)
        yield from over_http(case, kit)


def creation(case, kit):
    old = kit.bundle(case.old)
    for peer, options, rounds in (
        ("tiu create", (), None),
        ("tiu create --previous", (f"--previous {old.path}",), 1),
    ):
        yield Run(
            case,
            peer,
            create(case.new, "2", "$SCRATCH/new.tiu", *options),
            needs=(kit.keys(), kit.tree(case.new), old),
            outputs=("new.tiu",),
            most_rounds=rounds,
        )


def installation(case, kit):
    bundle = kit.bundle(case.new)
    for source, place in ((FILE, bundle.path), (HTTP, f"$URL/plain/{bundle.name}")):
        yield Run(
            case,
            "tiu",
            f"tiu install --sysroot $DISK {TRUST} {place}",
            source=source,
            base=kit.plain_disk(""),
            needs=(bundle,),
            result="@/.snapshots/1/snapshot",
            ignored=OWN,
        )


def update(case, kit, peer, arguments, source, *needs, **more):
    return Run(
        case,
        peer,
        f"{UPDATE} {arguments}",
        source=source,
        base=device_disk(kit.bundle(case.old), kit),
        needs=needs,
        result=SECOND,
        ignored=OWN,
        **more,
    )


def new_bundle(case, kit):
    """The old image again needs a newer version, or it is there already."""
    return kit.bundle("v2-again" if case is SELF else case.new)


def from_file(case, kit):
    bundle = new_bundle(case, kit)
    yield update(case, kit, "tiu", bundle.path, FILE, bundle)
    if case in (LARGE, SMALL):
        yield update(
            case, kit, "tiu -Xmx96m", bundle.path, FILE, bundle,
            environment={"TIU_JAVA_OPTS": "-Xmx96m"}, most_rounds=1,
        )


def over_http(case, kit):
    """Ranges of an image that lays what changed together, and of one that doesn't; a delta."""
    plain = new_bundle(case, kit)
    plain_url = f"$URL/plain/{plain.name}"
    if case not in (LARGE, SMALL):
        yield update(case, kit, "tiu ranges", plain_url, HTTP, plain)
        return
    clustered = after(case, kit)
    clustered_url = f"$URL/clustered/{clustered.name}"
    yield update(case, kit, "tiu ranges", clustered_url, HTTP, clustered)
    yield update(
        case, kit, "tiu ranges, no --previous", plain_url, HTTP, plain, most_rounds=1
    )
    delta = difference(case, kit)
    arguments = f"--delta $URL/delta/{delta.name} {plain_url}"
    yield update(case, kit, "tiu delta", arguments, HTTP, plain, delta)


def growth(case, kit):
    """The plan alone and the whole update, with the padding and without it."""
    for suffix, old, new, also in (
        ("x1", kit.bundle(case.old), kit.bundle(case.new), ()),
        ("x10", padded(case.old, kit), padded(case.new, kit), ("padding",)),
    ):
        disk = device_disk(old, kit)
        yield Run(
            case, f"tiu --check {suffix}", f"{UPDATE} --check {new.path}", base=disk, needs=(new,)
        )
        yield Run(
            case,
            f"tiu {suffix}",
            f"{UPDATE} {new.path}",
            base=disk,
            needs=(new,),
            result=SECOND,
            also=also,
            ignored=OWN,
        )


def device_disk(bundle, kit):
    name = bundle.name.removesuffix(".tiu")
    populate = f'tiu install --sysroot "$DISK" {TRUST} {bundle.path}'
    return prepared(kit.work, f"tiu-{name}", populate, (bundle,))


def after(case, kit):
    """The new image, made with --previous."""
    old = kit.bundle(case.old)
    script = create(case.new, VERSIONS[case.new], '"$OUT"', f"--previous {old.path}")
    path = kit.work.www / "clustered" / f"{case.new}.tiu"
    return Artifact(path, script, (old, kit.tree(case.new)))


def difference(case, kit):
    old, new = kit.bundle(case.old), kit.bundle(case.new)
    script = f'tiu delta {old.path} {new.path} --output "$OUT" {SIGNER}'
    path = kit.work.www / "delta" / f"{case.new}.from-{case.old}.tiud"
    return Artifact(path, script, (old, new))


def padded(name, kit):
    """A tree and the padding as one image; its compression doesn't matter."""
    script = f"""
(cd "$TREES/padding" && ls) | tar --xattrs --xattrs-include='*' --numeric-owner -c \\
  -C "$TREES/{name}" . -C "$TREES/padding" --files-from=- \\
  | {packed('--tar -', VERSIONS[name], '"$OUT"', '--compression zstd:3')}
"""
    needs = (kit.keys(), kit.tree(name), kit.tree("padding"))
    return Artifact(kit.work.www / "padded" / f"{name}-x10.tiu", script, needs)
