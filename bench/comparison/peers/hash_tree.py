"""veritysetup and tiu over the same bytes, each as a whole process."""

from ..artifact import Artifact
from ..cases import HASH_TREE, Run

MEBIBYTES = 1536
SALT = "5a" * 32
UUID = "01234567-89ab-cdef-0123-456789abcdef"


def runs(case, kit):
    if case is not HASH_TREE:
        return
    data = Artifact(
        kit.work.top / "hash-tree.data",
        "openssl enc -aes-128-ctr -pass pass:bench -nosalt -pbkdf2 -in /dev/zero 2>/dev/null"
        f' | head -c {MEBIBYTES}M >"$OUT" || true',
    )
    classes = Artifact(
        kit.work.top / "hash-tree.classpath", f'"{kit.work.checkout}/bench/classpath" >"$OUT"'
    )
    yield Run(
        case,
        "tiu",
        f"java -XX:+UseSerialGC -cp $(cat {classes.path}) dev.tiu.bench.HashTreeFormat"
        f" {data.path} $SCRATCH/tree {SALT} {UUID} $(nproc)",
        needs=(data, classes),
        outputs=("tree",),
    )
    yield Run(
        case,
        "veritysetup format",
        f"veritysetup format --salt={SALT} --uuid={UUID} {data.path} $SCRATCH/tree",
        needs=(data,),
        outputs=("tree",),
    )
