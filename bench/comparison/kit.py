"""What several peers start from."""

from .artifact import Artifact
from .disk import prepared

# In versions that a device takes for newer each time.
VERSIONS = {"v1": "1", "v1s": "1.1", "v2": "2", "v2-again": "2.1", "v2l": "2.2", "v2r": "2.3"}
SIGNER = "--key $KEYS/signer.key.pem --cert $KEYS/signer.crt.pem"


class Kit:
    """Artifacts by name: trees, bundles, disks."""

    def __init__(self, work, corpus):
        self.work = work
        self.corpus = corpus

    def tree(self, name):
        return self.corpus.tree(name)

    def keys(self):
        return Artifact(self.work.top / "keys", 'tiu key init "$OUT"')

    def other_keys(self):
        """A key with a certificate by itself, for those that want one of their own kind."""
        script = """
mkdir "$OUT"
openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj /CN=bench \\
  -addext keyUsage=digitalSignature -addext extendedKeyUsage=emailProtection,codeSigning \\
  -keyout "$OUT/key.pem" -out "$OUT/cert.pem"
"""
        return Artifact(self.work.top / "other-keys", script)

    def bundle(self, name):
        """A plain tiu bundle of a tree. It is a squashfs too, with the same compression."""
        tree = name.removesuffix("-again")
        return Artifact(
            self.work.www / "plain" / f"{name}.tiu",
            create(tree, VERSIONS[name], '"$OUT"'),
            (self.keys(), self.tree(tree)),
        )

    def plain_disk(self, name):
        """A btrfs with the tree as a read-only subvolume `old`; or an empty one."""
        if not name:
            return prepared(self.work, "empty", "")
        populate = f"""
btrfs --quiet subvolume create "$DISK/old"
cp -a "$TREES/{name}/." "$DISK/old/"
btrfs property set "$DISK/old" ro true
"""
        return prepared(self.work, f"plain-{name}", populate, (self.tree(name),))


def create(tree, version, output, *options):
    """The command that packs a tree."""
    return packed(f"--rootfs $TREES/{tree}", version, output, *options)


def packed(content, version, output, *options):
    """The same for whatever content; reproducible."""
    return " ".join([
        f"SOURCE_DATE_EPOCH=1790000000 tiu create {content} --output {output}",
        f"--version {version} --compatible bench --architecture x86_64 {SIGNER}",
        *options,
    ])
