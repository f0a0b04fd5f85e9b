"""RAUC: a bundle with the whole system for the other one of two slots, an ext4 here as everywhere.

It wants its service, which wants a bus: both are started before the clock, except that the service
is told of the slot by a configuration that names the run's own devices. The slot is a file on the
measured btrfs, so growth and bytes written are those of an A/B device.
"""

from ..artifact import Artifact
from ..cases import CREATE, FILE, HTTP, INSTALL, Run
from ..disk import prepared
from .archive import compressed, pack

CONFIGURE = """
mkdir -p $SCRATCH/rauc/mounts
for slot in 0 1; do
  losetup --find --show $DISK/slot$slot.ext4 >$SCRATCH/rauc/device$slot
done
cat >$SCRATCH/rauc/system.conf <<END
[system]
compatible=bench
bootloader=noop
max-bundle-download-size=8589934592
mountprefix=$SCRATCH/rauc/mounts
statusfile=$SCRATCH/rauc/status
[keyring]
path=$OTHER_KEYS/cert.pem
[slot.rootfs.0]
device=$(cat $SCRATCH/rauc/device0)
type=ext4
bootname=A
[slot.rootfs.1]
device=$(cat $SCRATCH/rauc/device1)
type=ext4
bootname=B
END
cat >$SCRATCH/rauc/bus.conf <<END
<busconfig><type>session</type><listen>unix:path=$SCRATCH/rauc/bus</listen>
<policy context="default"><allow send_destination="*" eavesdrop="true"/>
<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
END
dbus-daemon --fork --config-file=$SCRATCH/rauc/bus.conf --print-pid >$SCRATCH/rauc/bus.pid
"""

INSTALLATION = """
export DBUS_SYSTEM_BUS_ADDRESS=unix:path=$SCRATCH/rauc/bus
rauc --conf=$SCRATCH/rauc/system.conf --override-boot-slot=A service &
service=$!
trap 'kill $service; wait $service || true' EXIT
for _ in $(seq 100); do
  if rauc status >/dev/null 2>&1; then break; fi
  sleep 0.05
done
rauc install {place}
"""

PUT_AWAY = """
kill $(cat $SCRATCH/rauc/bus.pid) || true
umount $DISK/view 2>/dev/null || true
for device in $SCRATCH/rauc/device*; do losetup --detach $(cat $device) || true; done
"""


def runs(case, kit):
    if case is CREATE:
        yield Run(
            case,
            "rauc bundle",
            packing(pack(case.new, "$SCRATCH/content/system.tar.zst"), "$SCRATCH/new.raucb"),
            needs=(kit.tree(case.new), kit.other_keys()),
            outputs=("new.raucb",),
            most_rounds=1,
            extra=True,
        )
    elif case is INSTALL:
        bundle = packed(case.new, kit)
        for source, place in ((FILE, bundle.path), (HTTP, f"$URL/rauc/{bundle.name}")):
            yield Run(
                case,
                "rauc",
                INSTALLATION.format(place=place),
                source=source,
                base=slots(kit),
                needs=(bundle,),
                before=CONFIGURE,
                after=PUT_AWAY,
                most_rounds=1,
            )


def packing(archive, output):
    """Format plain, which needs no device mapper; its content is the system as a tar archive."""
    return f"""
mkdir -p $SCRATCH/content
{archive}
cat >$SCRATCH/content/manifest.raucm <<END
[update]
compatible=bench
version=2
[bundle]
format=plain
[image.rootfs]
filename=system.tar.zst
END
rauc --cert=$OTHER_KEYS/cert.pem --key=$OTHER_KEYS/key.pem bundle $SCRATCH/content {output}
"""


def packed(name, kit):
    archive = compressed(name, kit)
    link = f"ln -f {archive.path} $SCRATCH/content/system.tar.zst"
    script = f'rm -rf $SCRATCH/content\n{packing(link, "$OUT")}'
    path = kit.work.www / "rauc" / f"{name}.raucb"
    return Artifact(path, script, (archive, kit.other_keys()))


def slots(kit):
    populate = """
for slot in 0 1; do
  truncate --size=2G "$DISK/slot$slot.ext4"
  mkfs.ext4 -q "$DISK/slot$slot.ext4"
done
"""
    return prepared(kit.work, "slots", populate)
