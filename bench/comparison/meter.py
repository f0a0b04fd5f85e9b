"""What a script costs: time, processor, memory, disk, network."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from .system import run

TICKS = os.sysconf("SC_CLK_TCK")
TIME_LIMIT = 3600


@dataclass
class Cost:
    """One measured run. Bytes and seconds; None where it doesn't apply."""

    exit_code: int = 0
    wall: float | None = None
    user: float | None = None
    system: float | None = None
    kernel: float | None = None  # threads of the kernel, of the whole machine: writeback, btrfs
    rss: int | None = None  # of the largest process
    data: int | None = None  # growth on the disk
    metadata: int | None = None
    written: int | None = None  # to the block device
    http_bytes: int | None = None
    http_requests: int | None = None
    output: int | None = None  # size of what was made


def measure(script, environment, log, disk=None, server=None):
    """Runs a script under all meters. Its time includes a sync of the disk."""
    if disk:
        disk.sync()
        data, metadata = disk.used()
        written = disk.written()
        script += f"\nsync -f {disk.mount}"
    if server:
        server.begin_counting()
    kernel = kernel_threads()
    cost = _run(script, environment, log)
    cost.kernel = round(_grown(kernel, kernel_threads()) / TICKS, 2)
    if disk:
        disk.sync()
        data_after, metadata_after = disk.used()
        cost.data = data_after - data
        cost.metadata = metadata_after - metadata
        cost.written = disk.written() - written
    if server:
        cost.http_bytes, cost.http_requests = server.counted()
    return cost


def _run(script, environment, log):
    """By time(1), which is small: what a child began as counts as the child's memory."""
    times = Path(f"{log}.times")
    command = ["/usr/bin/time", "--quiet", "--format=%U %S %M", f"--output={times}"]
    started = time.monotonic()
    with open(log, "wb") as output:
        code = run(
            [*command, "bash", "-c", "set -euo pipefail\n" + script],
            output, environment, TIME_LIMIT,
        )
    wall = time.monotonic() - started
    cost = Cost(exit_code=code, wall=round(wall, 3))
    fields = times.read_text().split()[-3:] if times.exists() else []
    if len(fields) == 3:
        cost.user, cost.system = float(fields[0]), float(fields[1])
        cost.rss = int(fields[2]) * 1024
    times.unlink(missing_ok=True)
    return cost


def kernel_threads():
    """Processor time of each kernel thread, in ticks; these are the children of process 2."""
    ticks = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            text = Path("/proc", name, "stat").read_text()
        except OSError:
            continue
        fields = text[text.rindex(")") + 2 :].split()
        if fields[1] == "2":
            ticks[name] = int(fields[11]) + int(fields[12])
    return ticks


def _grown(before, after):
    return sum(max(0, ticks - before.get(name, 0)) for name, ticks in after.items())


def size_of(path):
    """Bytes in a file, or in all files of a directory."""
    path = Path(path)
    if path.is_dir():
        return sum(
            os.lstat(os.path.join(top, name)).st_size
            for top, _, names in os.walk(path)
            for name in names
        )
    return path.stat().st_size if path.exists() else 0
