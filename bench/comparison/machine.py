"""Where and with which programs it was measured."""

import os
import re
from pathlib import Path

from .system import first_line, shell

PACKAGES = (
    "squashfs-tools", "btrfs-progs", "rsync", "casync", "ostree", "rauc", "swupdate",
    "cryptsetup-bin", "nginx", "zstd",
)


def describe(checkout):
    """A table in Markdown."""
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal:\s*(\d+)", Path("/proc/meminfo").read_text())[1])
    versions = (f"{name} {version(name)}" for name in PACKAGES)
    rows = {
        "machine": f"{processor[1] if processor else os.uname().machine}, {os.cpu_count()} threads,"
        f" {memory / 2**20:.0f} GiB, Linux {os.uname().release}",
        "disk": "btrfs with mkfs's defaults (metadata twice) on a loop device",
        "tiu": shell(f"git -C {checkout} describe --always --dirty 2>/dev/null || echo ?").strip(),
        "java": first_line("java", "-version"),
        "others": ", ".join(text for text in versions if not text.endswith(" ")),
        "load before": "%.1f, %.1f, %.1f" % os.getloadavg(),
    }
    lines = (f"| {name} | {text} |" for name, text in rows.items())
    return "\n".join(["| | |", "|---|---|", *lines])


def version(package):
    """As Debian has it; empty if it isn't installed."""
    found = first_line("dpkg-query", "--show", "--showformat=${Version}", package)
    return "" if found.startswith("dpkg-query") else found
