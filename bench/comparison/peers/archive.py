"""tar and zstd: the whole system as a stream into a new subvolume; SWUpdate does so too."""

from ..artifact import Artifact
from ..cases import CREATE, FILE, HTTP, INSTALL, Run

KEEP_ALL = "--xattrs --xattrs-include='*' --acls --numeric-owner"


def runs(case, kit):
    if case is CREATE:
        yield Run(
            case,
            "tar | zstd -15",
            pack(case.new, "$SCRATCH/new.tar.zst"),
            needs=(kit.tree(case.new),),
            outputs=("new.tar.zst",),
            most_rounds=1,
            extra=True,
        )
    elif case is INSTALL:
        archive = compressed(case.new, kit)
        yield Run(
            case,
            "tar.zst",
            f"""
btrfs --quiet subvolume create $DISK/new
curl --silent --fail $URL/tar/{archive.name} | zstd -d -c -q | tar -C $DISK/new {KEEP_ALL} -x
""",
            source=HTTP,
            base=kit.plain_disk(""),
            needs=(archive,),
            result="new",
        )
        package = software_update(case.new, kit)
        for source, option in (
            (FILE, f"-i {package.path}"),
            (HTTP, f'-d "-u $URL/tar/{package.name}"'),
        ):
            yield Run(
                case,
                "swupdate",
                f"""
btrfs --quiet subvolume create $DISK/new
swupdate --max-version=9 -H bench:1.0 -k $OTHER_KEYS/cert.pem --cert-purpose codeSigning {option}
""",
                source=source,
                base=kit.plain_disk(""),
                needs=(package,),
                result="new",
                most_rounds=1,
            )


def pack(name, output):
    """As small as the images are."""
    return f"tar -C $TREES/{name} {KEEP_ALL} --sort=name -c . | zstd -15 -T0 -q -o {output}"


def compressed(name, kit):
    path = kit.work.www / "tar" / f"{name}.tar.zst"
    return Artifact(path, pack(name, "$OUT"), (kit.tree(name),))


def software_update(name, kit):
    """An archive handler's package, which unpacks to $DISK/new."""
    archive = compressed(name, kit)
    script = f"""
cd "$SCRATCH"
ln -sf {archive.path} system.tar.zst
cat >sw-description <<END
software = {{
  version = "1.0";
  hardware-compatibility: [ "1.0" ];
  files: ( {{
    filename = "system.tar.zst"; type = "archive"; path = "$DISK/new"; compressed = "zstd";
    preserve-attributes = true; sha256 = "$(sha256sum <{archive.path} | cut -d' ' -f1)";
  }} );
}}
END
openssl cms -sign -binary -in sw-description -out sw-description.sig -outform DER \\
  -signer "$OTHER_KEYS/cert.pem" -inkey "$OTHER_KEYS/key.pem" -nosmimecap
printf '%s\\n' sw-description sw-description.sig system.tar.zst | cpio -o -L -H crc --quiet >"$OUT"
"""
    return Artifact(kit.work.www / "tar" / f"{name}.swu", script, (archive, kit.other_keys()))
